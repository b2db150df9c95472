import type { PgClient } from './pg-client.ts';

/** How one table is made, in statements whose names are all qualified. */
export interface TableScript {
  readonly table: string;
  /** Before its rows: sequences of its own, and the table. */
  readonly create: readonly string[];
  /** `COPY … FROM stdin;` of the columns that are not generated; null where the rows are those of its partitions. */
  readonly copy: string | null;
  /** After its rows. */
  readonly complete: readonly string[];
  /**
   * After all tables are complete: makes it the partition that it is. The server then finds the indexes and constraints that its
   * parent asks for, and adds the parent's triggers and foreign keys.
   */
  readonly attach: readonly string[];
  /** After the rows of all tables. */
  readonly foreignKeys: readonly string[];
}

/**
 * Each part yields statements of the table `$1` (its oid), in their order within the part. Run with an empty search path, so
 * that the server qualifies all names. Meaning of the columns: PostgreSQL's chapter "System Catalogs".
 */
const SEQUENCE = `format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS low,
  s.seqmax AS high, s.seqcache AS cache, s.seqcycle AS cycles`;
const OPTIONS = `format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', q.start, q.increment, q.low, q.high, q.cache,
  CASE WHEN q.cycles THEN ' CYCLE' ELSE '' END)`;
const OWNED = `
  SELECT d.refobjsubid AS attnum, d.deptype, c.oid, c.oid::regclass::text AS name, ${SEQUENCE}
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' JOIN pg_sequence s ON s.seqrelid = c.oid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0`;

const OWN_SEQUENCES = `
  SELECT format('CREATE SEQUENCE %s AS %s %s', q.name, q.type, ${OPTIONS}) AS sql
  FROM (${OWNED}) q WHERE q.deptype = 'a' ORDER BY q.name`;

const COLUMNS = `
  SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
    || CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0 THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
    || CASE a.attgenerated WHEN 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
         WHEN 'v' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
         ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END
    || CASE WHEN a.attidentity = '' OR q.name IS NULL THEN '' ELSE format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)',
         CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.name, ${OPTIONS}) END
    || CASE WHEN a.attnotnull THEN coalesce((SELECT format(' CONSTRAINT %I', n.conname) FROM pg_constraint n
         WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum]), '') || ' NOT NULL' ELSE '' END AS sql,
    quote_ident(a.attname) AS name, a.attgenerated <> '' AS "isGenerated"
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN (${OWNED}) q ON q.attnum = a.attnum AND q.deptype = 'i'
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

/** What follows the columns in CREATE TABLE; and why a table is more than this can describe. */
const TRAITS = `
  SELECT c.oid::regclass::text AS name, CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END AS persistence,
    coalesce(' USING ' || nullif((SELECT quote_ident(amname) FROM pg_am WHERE oid = c.relam), 'heap'), '')
      || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '')
      || coalesce(' TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace), '') AS tail,
    coalesce(' PARTITION BY ' || pg_get_partkeydef(c.oid), '') AS parted,
    (SELECT format('ALTER TABLE %s ATTACH PARTITION %s %s', i.inhparent::regclass, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid))
     FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition) AS attach,
    CASE WHEN c.relkind = 'f' THEN 'is a foreign table' WHEN c.reloftype <> 0 THEN 'is of a composite type'
      WHEN EXISTS (SELECT 1 FROM pg_inherits WHERE (inhrelid = c.oid AND NOT c.relispartition) OR (inhparent = c.oid AND c.relkind <> 'p'))
      THEN 'inherits' END AS trouble
  FROM pg_class c WHERE c.oid = $1::oid`;

const ACL = `CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE e.grantee::regrole::text END || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;
const COMPLETE: readonly string[] = [
  `SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', q.name, $1::oid::regclass, a.attname) AS sql
   FROM (${OWNED}) q JOIN pg_attribute a ON a.attrelid = $1::oid AND a.attnum = q.attnum WHERE q.deptype = 'a' ORDER BY q.name`,
  `SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', $1::oid::regclass, a.attname,
     CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) AS sql
   FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
   WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage <> t.typstorage ORDER BY a.attnum`,
  `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', $1::oid::regclass, conname, pg_get_constraintdef(oid)) AS sql
   FROM pg_constraint WHERE conrelid = $1::oid AND contype IN ('p', 'u', 'x', 'c') ORDER BY contype DESC, conname`,
  // There are no partitions yet, so that the index is whole without them, and they bring theirs along.
  `SELECT CASE c.relkind WHEN 'I' THEN replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') ELSE pg_get_indexdef(c.oid) END AS sql
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::oid AND i.indisvalid
     AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
   ORDER BY i.indexrelid::regclass::text`,
  `SELECT format('ALTER TABLE %s CLUSTER ON %I', $1::oid::regclass, c.relname) AS sql
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::oid AND i.indisclustered`,
  `SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', c.oid::regclass, CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
     ELSE 'USING INDEX ' || (SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
       WHERE i.indrelid = c.oid AND i.indisreplident) END) AS sql
   FROM pg_class c WHERE c.oid = $1::oid AND c.relreplident <> 'd'`,
  `SELECT pg_get_triggerdef(oid) AS sql FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgparentid = 0 ORDER BY tgname`,
  `SELECT format('ALTER TABLE %s %s TRIGGER %I', $1::oid::regclass,
     CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname) AS sql
   FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled <> 'O' ORDER BY tgname`,
  `SELECT rtrim(pg_get_ruledef(oid), ';') AS sql FROM pg_rewrite WHERE ev_class = $1::oid AND rulename <> '_RETURN' ORDER BY rulename`,
  `SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, $1::oid::regclass,
       CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
       CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
       (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ') FROM unnest(p.polroles) AS role))
     || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
     || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') AS sql
   FROM pg_policy p WHERE p.polrelid = $1::oid ORDER BY p.polname`,
  `SELECT format('ALTER TABLE %s %s ROW LEVEL SECURITY', oid::regclass, word) AS sql
   FROM pg_class, LATERAL (VALUES (relrowsecurity, 'ENABLE'), (relforcerowsecurity, 'FORCE')) AS w (is_so, word)
   WHERE oid = $1::oid AND is_so`,
  `SELECT format('COMMENT ON %s IS %L', CASE WHEN a.attname IS NULL THEN 'TABLE ' || $1::oid::regclass::text
     ELSE format('COLUMN %s.%I', $1::oid::regclass, a.attname) END, d.description) AS sql
   FROM pg_description d LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
   WHERE d.classoid = 'pg_class'::regclass AND d.objoid = $1::oid ORDER BY d.objsubid`,
  `SELECT format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass, d.description) AS sql
   FROM pg_index i JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid
   WHERE i.indrelid = $1::oid ORDER BY 1`,
  `SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, $1::oid::regclass, d.description) AS sql
   FROM pg_constraint k JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
   WHERE k.conrelid = $1::oid AND k.contype <> 'f' ORDER BY 1`,
  `SELECT format('GRANT %s ON %s TO %s', string_agg(e.privilege_type, ', '), $1::oid::regclass, ${ACL}) AS sql
   FROM pg_class c, aclexplode(c.relacl) e WHERE c.oid = $1::oid AND e.grantee <> c.relowner GROUP BY e.grantee, e.is_grantable ORDER BY 1`,
  `SELECT format('GRANT %s (%I) ON %s TO %s', e.privilege_type, a.attname, $1::oid::regclass, ${ACL}) AS sql
   FROM pg_attribute a, aclexplode(a.attacl) e WHERE a.attrelid = $1::oid AND NOT a.attisdropped ORDER BY 1`,
  `SELECT format('GRANT %s ON SEQUENCE %s TO %s', string_agg(e.privilege_type, ', '), q.name, ${ACL}) AS sql
   FROM (${OWNED}) q JOIN pg_class c ON c.oid = q.oid, aclexplode(c.relacl) e WHERE e.grantee <> c.relowner
   GROUP BY q.name, e.grantee, e.is_grantable ORDER BY 1`,
  `SELECT format('ALTER TABLE %s OWNER TO %s', oid::regclass, relowner::regrole) AS sql FROM pg_class
   WHERE oid = $1::oid AND relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)`,
];

const FOREIGN_KEYS = `
  SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS sql
  FROM pg_constraint WHERE conrelid = $1::oid AND contype = 'f' AND conparentid = 0 ORDER BY conname`;

export class TooMuchToDescribe extends Error {}

interface Traits {
  readonly name: string;
  readonly persistence: string;
  readonly tail: string;
  readonly parted: string;
  readonly attach: string | null;
  readonly trouble: string | null;
}

/** @throws TooMuchToDescribe for what only a dump program can; UpgradeError */
export async function describeTable(client: PgClient, table: string, oid: string): Promise<TableScript> {
  const all = async (sql: string) => (await client.ask<{ sql: string }>(sql, [oid])).map((row) => row.sql);
  const [traits] = await client.ask<Traits>(TRAITS, [oid]);
  if (traits === undefined) throw new TooMuchToDescribe(`table ${table} has gone`);
  if (traits.trouble !== null) throw new TooMuchToDescribe(`table ${table} ${traits.trouble}`);
  const columns = await client.ask<{ sql: string; name: string; isGenerated: boolean }>(COLUMNS, [oid]);
  const { name, persistence, tail, parted, attach } = traits;
  const body = columns.map(({ sql }) => `\n  ${sql}`).join(',');
  const complete: string[] = [];
  for (const part of COMPLETE) complete.push(...(await all(part)));
  const copied = columns.filter(({ isGenerated }) => !isGenerated).map((one) => one.name);
  return {
    table,
    create: [...(await all(OWN_SEQUENCES)), `CREATE ${persistence}TABLE ${name} (${body}\n)${parted}${tail}`],
    copy: parted === '' ? `COPY ${name} (${copied.join(', ')}) FROM stdin;` : null,
    complete: [...complete, ...(await positions(client, oid))],
    attach: attach === null ? [] : [attach],
    foreignKeys: await all(FOREIGN_KEYS),
  };
}

/** Where the sequences of a table stand. */
async function positions(client: PgClient, oid: string): Promise<string[]> {
  const sequences = await client.ask<{ name: string }>(`SELECT q.name FROM (${OWNED}) q ORDER BY q.name`, [oid]);
  const statements: string[] = [];
  for (const { name } of sequences) {
    const [at] = await client.run<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${name}`,
    );
    const literal = `'${name.replaceAll("'", "''")}'`;
    statements.push(`SELECT pg_catalog.setval(${literal}, ${at?.last ?? 1}, ${at?.called === true})`);
  }
  return statements;
}
