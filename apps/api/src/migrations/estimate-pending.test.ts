import { lintSet, type Migration } from '@grey/schema-upgrades';
import { expect, test } from 'vitest';
import { estimatePending } from './estimate-pending.ts';
import type { SetRow } from './migration-set-row.ts';

const SIZES = [
  { table: 'orders', rowCount: 5_000, byteCount: 900_000 },
  { table: 'users', rowCount: 10, byteCount: 16_384 },
];

test('on MySQL a statement comes with the tables that it names, as they are now, also far into its text', async () => {
  const far = `INSERT INTO made SELECT ${"'x' AS x, ".repeat(50)} o.id FROM orders o`;
  const up = `CREATE TABLE made (id int); ALTER TABLE users ADD COLUMN a int;\n${far}`;
  const migration: Migration = { name: '0001', phase: 'expand', isTransactional: false, up, down: '', checksum: '' };
  const head = { serviceId: 'pay', version: '2.0.0', schemaVersion: 2, engine: 'mysql' } as const;
  const report = await lintSet({ ...head, migrations: [migration] });
  const set = { ...head, report, migrations: [migration] } as unknown as SetRow;
  const estimate = estimatePending('acorn', [set], [], SIZES);
  expect(estimate.pending.map(({ line, tables }) => [line, tables])).toEqual([
    [1, []],
    [1, [SIZES[1]]],
    [2, [SIZES[0]]],
  ]);
  expect(estimate).toMatchObject({ rewrittenBytes: 0, scannedBytes: 0, databaseBytes: 916_384 });
});
