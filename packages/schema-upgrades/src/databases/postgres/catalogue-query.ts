import { LEDGER_TABLE } from '../ledger.ts';

/**
 * Each part yields `object, text` of one kind of thing in the schema `$1`. Names come out unqualified, as the schema is
 * alone on the search path, so that two schemas with different names compare. Object numbers, sizes, statistics, owners,
 * grants and the present value of sequences are not part of what a schema is.
 *
 * Meaning of the columns: PostgreSQL's chapter "System Catalogs".
 */
const TABLES = `
  SELECT kind || ' ' || relname, 'persistence ' || relpersistence::text
    || coalesce(' partition by ' || pg_get_partkeydef(oid), '')
    || coalesce(' partition of ' || (SELECT inhparent::regclass::text || ' ' || pg_get_expr(c.relpartbound, c.oid)
         || CASE WHEN inhdetachpending THEN ' detach pending' ELSE '' END FROM pg_inherits WHERE inhrelid = c.oid AND c.relispartition), '')
    || coalesce(' options ' || array_to_string(reloptions, ','), '')
    || CASE WHEN relrowsecurity THEN ' row security' ELSE '' END
    || CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END
    || CASE WHEN relreplident <> 'd' THEN ' replica identity ' || relreplident::text ELSE '' END
  FROM (SELECT *, CASE relkind WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE 'table' END AS kind FROM relations) c
  WHERE relkind IN ('r', 'p', 'f', 'c')`;

// Numbered by what is visible: a dropped column leaves a gap in attnum that no user can see.
const COLUMNS = `
  SELECT kind || ' ' || relname, 'column ' || position || ' ' || quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attcollation <> typcollation AND attcollation <> 0 THEN ' collate ' || attcollation::regcollation::text ELSE '' END
    || CASE WHEN attnotnull THEN ' not null' ELSE '' END
    || CASE WHEN attidentity <> '' THEN ' identity ' || attidentity::text ELSE '' END
    || coalesce(CASE WHEN attgenerated <> '' THEN ' generated ' || attgenerated::text || ' ' ELSE ' default ' END || pg_get_expr(adbin, adrelid, true), '')
  FROM (
    SELECT c.relname, a.*, t.typcollation, d.adbin, d.adrelid, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS position,
      CASE c.relkind WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE 'table' END AS kind
    FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
  ) columns`;

const INDEXES = `
  SELECT 'index ' || c.relname, pg_get_indexdef(i.indexrelid, 0, true)
    || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END
    || CASE WHEN i.indisclustered THEN ' clustered' ELSE '' END
    || CASE WHEN i.indisreplident THEN ' replica identity' ELSE '' END
  FROM relations t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid`;

// From 18 on every NOT NULL is a constraint with a name; the column says it already, except for one not yet validated.
const CONSTRAINTS = `
  SELECT 'constraint ' || quote_ident(conname) || ' on ' || coalesce(c.relname, t.typname), pg_get_constraintdef(k.oid, true)
    || CASE WHEN convalidated THEN '' ELSE ' (not validated)' END
  FROM pg_constraint k LEFT JOIN relations c ON c.oid = k.conrelid LEFT JOIN types t ON t.oid = k.contypid
  WHERE (c.oid IS NOT NULL OR t.oid IS NOT NULL) AND k.contype <> 't' AND (k.contype <> 'n' OR NOT k.convalidated)`;

const SEQUENCES = `
  SELECT 'sequence ' || c.relname, format_type(s.seqtypid, NULL) || ' start ' || seqstart || ' increment ' || seqincrement
    || ' min ' || seqmin || ' max ' || seqmax || ' cache ' || seqcache || CASE WHEN seqcycle THEN ' cycle' ELSE '' END
    || coalesce((SELECT ' owned by ' || d.refobjid::regclass::text || '.' || quote_ident(a.attname) FROM pg_depend d
         JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 LIMIT 1), '')
  FROM relations c JOIN pg_sequence s ON s.seqrelid = c.oid`;

const VIEWS = `
  SELECT CASE relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || relname, pg_get_viewdef(oid, true)
    || coalesce(' options ' || array_to_string(reloptions, ','), '')
    || CASE WHEN relkind = 'm' AND NOT relispopulated THEN ' not populated' ELSE '' END
  FROM relations WHERE relkind IN ('v', 'm')`;

const FUNCTIONS = `
  SELECT CASE prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
      || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    'arguments ' || pg_get_function_arguments(p.oid) || coalesce(' returns ' || pg_get_function_result(p.oid), '')
    || ' language ' || l.lanname || ' ' || provolatile::text || proparallel::text
    || CASE WHEN proisstrict THEN ' strict' ELSE '' END || CASE WHEN prosecdef THEN ' security definer' ELSE '' END
    || CASE WHEN proleakproof THEN ' leakproof' ELSE '' END || ' cost ' || procost || ' rows ' || prorows
    || coalesce(' set ' || array_to_string(proconfig, ','), '') || ' body ' || coalesce(pg_get_function_sqlbody(p.oid), prosrc)
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = (SELECT oid FROM place) AND ${notOfExtension('pg_proc', 'p.oid')}`;

const TYPES = `
  SELECT CASE typtype WHEN 'e' THEN 'enum ' WHEN 'd' THEN 'domain ' ELSE 'range ' END || quote_ident(typname),
    CASE typtype WHEN 'e' THEN (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
      WHEN 'd' THEN format_type(typbasetype, typtypmod) || CASE WHEN typnotnull THEN ' not null' ELSE '' END || coalesce(' default ' || typdefault, '')
      ELSE coalesce((SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = t.oid), '') END
  FROM types t WHERE typtype IN ('e', 'd', 'r')`;

const TRIGGERS = `
  SELECT 'trigger ' || quote_ident(tgname) || ' on ' || c.relname, pg_get_triggerdef(t.oid, true) || ' enabled ' || tgenabled::text
  FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal`;

const POLICIES = `
  SELECT 'policy ' || quote_ident(polname) || ' on ' || c.relname, polcmd::text || CASE WHEN polpermissive THEN '' ELSE ' restrictive' END
    || coalesce(' using ' || pg_get_expr(polqual, polrelid, true), '') || coalesce(' check ' || pg_get_expr(polwithcheck, polrelid, true), '')
  FROM pg_policy JOIN relations c ON c.oid = polrelid`;

const RULES = `
  SELECT 'rule ' || quote_ident(rulename) || ' on ' || c.relname, pg_get_ruledef(r.oid, true) || ' enabled ' || ev_enabled::text
  FROM pg_rewrite r JOIN relations c ON c.oid = r.ev_class WHERE rulename <> '_RETURN'`;

const STATISTICS = `
  SELECT 'statistics ' || quote_ident(stxname), stxkind::text || ' on ' || pg_get_statisticsobjdef_columns(s.oid) || ' from ' || c.relname
    || coalesce(' target ' || nullif(stxstattarget, -1), '')
  FROM pg_statistic_ext s JOIN relations c ON c.oid = s.stxrelid`;

const COMMENTS = `
  SELECT 'comment on ' || c.relname || coalesce('.' || quote_ident(a.attname), ''), d.description
  FROM pg_description d JOIN relations c ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0`;

/** All parts as one question, in one round trip. Parameter: the schema's name. Run it with that schema alone on the search path. */
export const CATALOGUE_QUERY = `
  WITH place AS (SELECT oid FROM pg_namespace WHERE nspname = $1),
  relations AS (
    SELECT * FROM pg_class r WHERE relnamespace = (SELECT oid FROM place) AND relname <> '${LEDGER_TABLE}' AND ${notOfExtension('pg_class', 'r.oid')}
  ),
  types AS (
    SELECT * FROM pg_type y WHERE typnamespace = (SELECT oid FROM place) AND ${notOfExtension('pg_type', 'y.oid')}
  )
  ${[
    TABLES,
    COLUMNS,
    INDEXES,
    CONSTRAINTS,
    SEQUENCES,
    VIEWS,
    FUNCTIONS,
    TYPES,
    TRIGGERS,
    POLICIES,
    RULES,
    STATISTICS,
    COMMENTS,
  ]
    .map((part) => `SELECT object::text, text::text FROM (${part}) AS part (object, text)`)
    .join('\n  UNION ALL ')}`;

/** Indexes of the schema that are not valid: what stopped concurrent builds leave. Parameter: the schema's name. */
export const INVALID_INDEXES_QUERY = `
  SELECT 'index ' || c.relname AS object, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND NOT i.indisvalid`;

/** Tables of the schema with rows and bytes as the statistics have them, largest first. Parameter: the schema's name. */
export const TABLE_SIZES_QUERY = `
  SELECT c.relname AS table, c.reltuples::float8 AS rows, pg_total_relation_size(c.oid)::float8 AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'm') AND c.relname <> '${LEDGER_TABLE}'
  ORDER BY bytes DESC, c.relname`;

function notOfExtension(catalogue: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}
