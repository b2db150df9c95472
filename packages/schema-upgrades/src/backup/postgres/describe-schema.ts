import type { Furnishing } from '../backup-header.ts';
import type { PgClient } from './pg-client.ts';

/** Types, functions and sequences of no column of the schema `$1`, in an order that they can be made in: by their age. Not those of extensions. */
const BEFORE = `
  SELECT object, statements FROM (
    SELECT t.oid::int8 AS age, 'enum ' || t.oid::regtype AS object,
      ARRAY[format('CREATE TYPE %s AS ENUM (%s)', t.oid::regtype, (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
        FROM pg_enum WHERE enumtypid = t.oid))] AS statements
    FROM pg_type t WHERE t.typnamespace = $1::regnamespace AND t.typtype = 'e' AND NOT ${isOfExtension('pg_type', 't.oid')}
    UNION ALL
    SELECT t.oid::int8, 'domain ' || t.oid::regtype,
      ARRAY[format('CREATE DOMAIN %s AS %s%s%s', t.oid::regtype, format_type(t.typbasetype, t.typtypmod),
        coalesce(' DEFAULT ' || t.typdefault, ''), CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END)]
      || ARRAY(SELECT format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', t.oid::regtype, k.conname, pg_get_constraintdef(k.oid))
           FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.conname)
    FROM pg_type t WHERE t.typnamespace = $1::regnamespace AND t.typtype = 'd' AND NOT ${isOfExtension('pg_type', 't.oid')}
    UNION ALL
    SELECT t.oid::int8, 'composite ' || t.oid::regtype, ARRAY[format('CREATE TYPE %s AS (%s)', t.oid::regtype,
      (SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
           CASE WHEN a.attcollation <> y.typcollation AND a.attcollation <> 0 THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END),
         ', ' ORDER BY a.attnum)
       FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))]
    FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    WHERE t.typnamespace = $1::regnamespace AND NOT ${isOfExtension('pg_type', 't.oid')}
    UNION ALL
    SELECT t.oid::int8, 'range ' || t.oid::regtype, ARRAY[format('CREATE TYPE %s AS RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %s.%I%s%s)',
      t.oid::regtype, format_type(r.rngsubtype, NULL), o.opcnamespace::regnamespace, o.opcname,
      CASE r.rngcollation WHEN 0 THEN '' ELSE ', COLLATION = ' || r.rngcollation::regcollation END,
      CASE r.rngsubdiff::oid WHEN 0 THEN '' ELSE ', SUBTYPE_DIFF = ' || r.rngsubdiff END)]
    FROM pg_type t JOIN pg_range r ON r.rngtypid = t.oid JOIN pg_opclass o ON o.oid = r.rngsubopc
    WHERE t.typnamespace = $1::regnamespace AND NOT ${isOfExtension('pg_type', 't.oid')}
    UNION ALL
    SELECT c.oid::int8, 'sequence ' || c.oid::regclass,
      ARRAY[format('CREATE SEQUENCE %s AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', c.oid::regclass,
        format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)]
      || CASE WHEN pg_sequence_last_value(c.oid) IS NULL THEN ARRAY[]::text[]
         ELSE ARRAY[format('SELECT pg_catalog.setval(%L, %s)', c.oid::regclass, pg_sequence_last_value(c.oid))] END
    FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE c.relnamespace = $1::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.deptype IN ('a', 'i', 'e'))
    UNION ALL
    SELECT p.oid::int8, 'function ' || p.oid::regprocedure, ARRAY[pg_get_functiondef(p.oid)]
    FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prokind IN ('f', 'p') AND NOT ${isOfExtension('pg_proc', 'p.oid', 'e', 'i')}
  ) parts ORDER BY age`;

const VIEW = `
  SELECT CASE c.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || c.oid::regclass AS object,
    ARRAY[format('CREATE %s %s%s AS %s', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.oid::regclass,
        coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''), rtrim(pg_get_viewdef(c.oid), ';'))]
    || ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid ORDER BY 1)
    || ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY t.tgname)
    || ARRAY(SELECT rtrim(pg_get_ruledef(r.oid), ';') FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN')
    || ARRAY(SELECT format('COMMENT ON %s %s IS %L', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, c.oid::regclass,
         d.description) FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0)
    || ARRAY(SELECT format('GRANT %s ON %s TO %s%s', string_agg(e.privilege_type, ', '), c.oid::regclass,
         CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE e.grantee::regrole::text END, CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
       FROM aclexplode(c.relacl) e WHERE e.grantee <> c.relowner GROUP BY e.grantee, e.is_grantable)
    || CASE WHEN c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) THEN ARRAY[]::text[]
       ELSE ARRAY[format('ALTER TABLE %s OWNER TO %s', c.oid::regclass, c.relowner::regrole)] END AS statements
  FROM pg_class c`;

/** Views of the schema, by their age. */
const VIEWS = `${VIEW} WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('v', 'm') AND NOT ${isOfExtension('pg_class', 'c.oid')}
  ORDER BY c.oid::int8`;

/** Views, wherever they are, that are made of the tables `$1` (oids) or of views that are. */
const VIEWS_ON = `
  WITH RECURSIVE on_them AS (
    SELECT unnest($1::oid[]) AS oid
    UNION
    SELECT r.ev_class FROM on_them t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
      AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = d.objid
  )
  ${VIEW} WHERE c.oid IN (SELECT oid FROM on_them) AND c.relkind IN ('v', 'm') ORDER BY c.oid::int8`;

/** @param schema as an identifier, quoted where it has to be */
export async function describeSurroundings(client: PgClient, schema: string) {
  return {
    before: await client.ask<Furnishing>(BEFORE, [schema]),
    after: await client.ask<Furnishing>(VIEWS, [schema]),
  };
}

const KEYS_TO = `
  SELECT format('foreign key %I on %s', conname, conrelid::regclass) AS object,
    ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))] AS statements
  FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND confrelid = ANY ($1::oid[]) AND NOT conrelid = ANY ($1::oid[])
  ORDER BY conrelid::regclass::text, conname`;

/** A dump program leaves them out where tables are named. */
const STATISTICS_OF = `
  SELECT format('statistics %s.%I', stxnamespace::regnamespace, stxname) AS object, ARRAY[pg_get_statisticsobjdef(oid)]
    || CASE WHEN stxstattarget >= 0 THEN ARRAY[format('ALTER STATISTICS %s.%I SET STATISTICS %s', stxnamespace::regnamespace, stxname, stxstattarget)]
       ELSE ARRAY[]::text[] END AS statements
  FROM pg_statistic_ext WHERE stxrelid = ANY ($1::oid[]) ORDER BY stxname`;

/** What keeps statistics over several columns of tables. @param oids of the tables */
export function describeStatisticsOf(client: PgClient, oids: readonly string[]): Promise<readonly Furnishing[]> {
  return client.ask<Furnishing>(STATISTICS_OF, [oids]);
}

/** Foreign keys of other tables that lead to tables. @param oids of the tables */
export function describeKeysTo(client: PgClient, oids: readonly string[]): Promise<readonly Furnishing[]> {
  return client.ask<Furnishing>(KEYS_TO, [oids]);
}

/** In the order they were made; to be dropped the other way round. */
export function describeViewsOn(client: PgClient, oids: readonly string[]): Promise<readonly Furnishing[]> {
  return client.ask<Furnishing>(VIEWS_ON, [oids]);
}

/** @param kinds of dependency, `i` for what comes with another thing, such as the constructors of a range type */
function isOfExtension(catalogue: string, oid: string, ...kinds: ('e' | 'i')[]): string {
  const list = (kinds.length === 0 ? ['e'] : kinds).map((kind) => `'${kind}'`).join(', ');
  return `EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype IN (${list}))`;
}
