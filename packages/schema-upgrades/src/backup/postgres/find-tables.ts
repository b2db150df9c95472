import { LEDGER_TABLE } from '../../databases/ledger.ts';
import type { PgClient } from './pg-client.ts';

export interface FoundTable {
  readonly name: string;
  readonly oid: string;
}

const TABLES = `
  WITH RECURSIVE wanted AS (
    SELECT c.oid FROM pg_class c
    WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'f') AND c.relname <> '${LEDGER_TABLE}'
      AND (cardinality($2::text[]) = 0 OR c.relname = ANY ($2::text[]))
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    UNION
    SELECT i.inhrelid FROM wanted w JOIN pg_inherits i ON i.inhparent = w.oid
  )
  SELECT c.relname AS name, c.oid::text AS oid FROM wanted w JOIN pg_class c ON c.oid = w.oid
  WHERE c.relnamespace = $1::regnamespace ORDER BY c.relname`;

/** Tables of a schema, with all their partitions; never the ledger. @param names empty: all */
export function findTables(client: PgClient, schema: string, names: readonly string[]): Promise<readonly FoundTable[]> {
  return client.ask<FoundTable>(TABLES, [schema, names]);
}
