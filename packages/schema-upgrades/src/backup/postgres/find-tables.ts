import { LEDGER_TABLE } from '../../databases/ledger.ts';
import { UpgradeError } from '../../databases/upgrade-error.ts';
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
  SELECT c.relname AS name, c.oid::text AS oid,
    CASE WHEN c.relnamespace <> $1::regnamespace THEN format('%s.%I', c.relnamespace::regnamespace, c.relname) END AS elsewhere
  FROM wanted w JOIN pg_class c ON c.oid = w.oid ORDER BY c.relname`;

/**
 * Tables of a schema, with all their partitions; never the ledger.
 *
 * @param names empty: all
 * @param code of the error when one of the partitions lies in another schema: it would go with its table, and not come back
 * @throws UpgradeError
 */
export async function findTables(
  client: PgClient,
  schema: string,
  names: readonly string[],
  code: 'BACKUP_FAILED' | 'BACKUP_UNUSABLE',
): Promise<readonly FoundTable[]> {
  const found = await client.ask<FoundTable & { elsewhere: string | null }>(TABLES, [schema, names]);
  const [stray] = found.flatMap(({ elsewhere }) => elsewhere ?? []);
  if (stray === undefined) return found;
  throw new UpgradeError(
    code,
    `${stray} is part of a table of ${schema} and lies in another schema: that is not backed up`,
  );
}
