import type { MigrationEstimate } from '@grey/contracts';
import { type LedgerRow, splitStatements, type TableSize, tablesNamed } from '@grey/schema-upgrades';
import type { SetRow } from './migration-set-row.ts';

/**
 * What the statements that a tenant's database lacks would lock, read and write anew there. Tables that come with the sets
 * themselves have no size yet. For MySQL it is the tables that a statement names: what it does to them depends on the server.
 *
 * @param sets those on the tenant's way, by schema version @param ledger of the tenant's database @param sizes of its tables
 */
export function estimatePending(
  tenantId: string,
  sets: readonly SetRow[],
  ledger: readonly LedgerRow[],
  sizes: readonly TableSize[],
): MigrationEstimate {
  const applied = new Set(ledger.filter(({ state }) => state === 'applied').map(({ name }) => name));
  const sizeOf = new Map(sizes.map((one) => [one.table, one]));
  const bytesOf = (tables: Iterable<string>) =>
    [...new Set(tables)].reduce((sum, table) => sum + (sizeOf.get(table)?.byteCount ?? 0), 0);
  const pending = sets.flatMap(({ report, engine, migrations }) =>
    report.migrations
      .filter(({ name }) => !applied.has(name))
      .flatMap(({ name, up }) => {
        const sql = engine === 'mysql' ? migrations.find((one) => one.name === name)?.up : undefined;
        const texts = sql === undefined ? [] : splitStatements(sql, engine).statements;
        return up.map(({ line, statement, blocks, locks, rewrites, scans }, at) => {
          const locked = locks.filter(({ kind }) => kind === 'table').map((lock) => bareName(lock.name));
          const rewritten = rewrites.map(({ table }) => bareName(table));
          const scanned = scans.map(bareName);
          const named = tablesNamed(texts[at]?.text ?? '', new Set(sizeOf.keys()));
          const touched = new Set([...locked, ...rewritten, ...scanned, ...named]);
          return {
            migration: name,
            line,
            statement,
            blocks,
            tables: [...touched].flatMap((table) => sizeOf.get(table) ?? []),
            rewrittenBytes: bytesOf(rewritten),
            scannedBytes: bytesOf(scanned),
          };
        });
      }),
  );
  return {
    tenantId,
    pending,
    rewrittenBytes: pending.reduce((sum, one) => sum + one.rewrittenBytes, 0),
    scannedBytes: pending.reduce((sum, one) => sum + one.scannedBytes, 0),
    databaseBytes: sizes.reduce((sum, { byteCount }) => sum + byteCount, 0),
  };
}

/** Without its schema: sizes are those of the tenant's own. */
function bareName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
