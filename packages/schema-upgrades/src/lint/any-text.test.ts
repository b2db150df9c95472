import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '../migration.ts';
import { readMigrationSet } from '../sets/read-migration-set.ts';
import { TOLD } from '../testing/effect-cases.ts';
import { lintSet } from './lint-set.ts';
import { loadPostgresParser, parseStatement } from './postgres/parse-statement.ts';

/** Pieces of real statements, cut at blanks, so that what comes out is often nearly SQL. */
const words = TOLD.flatMap((sql) => sql.split(' '));
const sentence = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '));
const text = fc
  .array(fc.oneof(sentence, fc.constantFrom(...TOLD)), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(';\n'));

test.each<Engine>(['postgres', 'mysql'])('has an answer to whatever somebody uploads (%s)', async (engine) => {
  await fc.assert(
    fc.asyncProperty(text, text, async (up, down) => {
      const files = [
        { path: '1_a.up.sql', text: up },
        { path: '1_a.down.sql', text: down },
      ];
      const { set } = readMigrationSet(files, { serviceId: 'pay', version: '1.0.0', schemaVersion: 1, engine });
      if (set === null) return;
      const { migrations, findings } = await lintSet(set);
      const lines = up.split('\n').length + down.split('\n').length;
      for (const finding of findings) {
        expect(finding.message).not.toMatch(/undefined|\[object|NaN/);
        expect(finding.line ?? 1).toBeLessThanOrEqual(lines);
      }
      for (const statement of migrations[0]!.up) {
        for (const lock of statement.locks) expect(lock.name).not.toMatch(/^$|undefined/);
      }
    }),
    { numRuns: 300 },
  );
});

test('survives what is nested beyond reason, and reads on', async () => {
  await loadPostgresParser();
  for (const sql of [
    `select ${'('.repeat(50_000)}`,
    `select ${'1+'.repeat(60_000)}1`,
    `select ${'not '.repeat(50_000)}true`,
  ]) {
    expect(parseStatement(sql).isOk).toBe(false);
  }
  expect(parseStatement('select 1').isOk).toBe(true);
});

test('reads a statement as long as a set allows', async () => {
  const header = { serviceId: 'pay', version: '1.0.0', schemaVersion: 1, engine: 'postgres' } as const;
  const rows = Array.from({ length: 10_000 }, (_, index) => `(${index}, 'text ${index}')`).join(', ');
  const { set } = readMigrationSet([{ path: '1_a.up.sql', text: `insert into t values ${rows}` }], header);
  expect((await lintSet(set!)).findings.map((one) => one.code)).toEqual(['DOWN_MISSING']);
});
