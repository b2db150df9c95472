import { expect, test } from 'vitest';
import { readMigrationSet } from '../sets/read-migration-set.ts';
import { DEFAULT_POLICY, judgeSet, type LintPolicy } from './policy.ts';

const judge = (up: string, policy?: LintPolicy, down: string | null = 'select 1') => {
  const files = [{ path: '1_a.up.sql', text: up }];
  if (down !== null) files.push({ path: '1_a.down.sql', text: down });
  const header = { serviceId: 'pay', version: '2.1.0', schemaVersion: 7, engine: 'postgres' } as const;
  return judgeSet(readMigrationSet(files, header).set!, policy);
};
const codes = (findings: readonly { code: string }[]) => findings.map((one) => one.code);

test('allows a set that only adds', async () => {
  expect(
    await judge(
      'alter table t add column x int; create table u ()',
      undefined,
      'alter table t drop column x; drop table u',
    ),
  ).toMatchObject({
    isAllowed: true,
    refusals: [],
    warnings: [],
    report: { engine: 'postgres' },
  });
});

test('refuses errors and warns of warnings by default', async () => {
  const judgement = await judge('create index i on t (x); alter table t add column x int unique', undefined, null);
  expect(judgement.isAllowed).toBe(false);
  expect(codes(judgement.refusals)).toEqual(['INDEX_NOT_CONCURRENT', 'DOWN_MISSING']);
  expect(codes(judgement.warnings)).toContain('COLUMN_SCANS');
});

test('lets pass what the author accepts, with a warning, unless the policy wants no excuses', async () => {
  const sql = '-- grey: accept INDEX_NOT_CONCURRENT ten rows\ncreate index i on t (x)';
  const judgement = await judge(sql, undefined, 'drop index i');
  expect(judgement).toMatchObject({ isAllowed: true, refusals: [] });
  expect(judgement.warnings).toMatchObject([{ code: 'INDEX_NOT_CONCURRENT', accepted: 'ten rows' }]);
  expect((await judge(sql, { ...DEFAULT_POLICY, honoursAccepts: false })).isAllowed).toBe(false);
});

test('rules by code before severity, in both directions', async () => {
  const policy: LintPolicy = { ...DEFAULT_POLICY, codes: { INDEX_NOT_CONCURRENT: 'allow', COLUMN_SCANS: 'refuse' } };
  const judgement = await judge('create index i on t (x); alter table t add column x int unique', policy);
  expect(codes(judgement.refusals)).toEqual(['COLUMN_SCANS']);
  expect(codes(judgement.warnings)).not.toContain('INDEX_NOT_CONCURRENT');
});

test.each([
  'commit',
  'vacuum t',
  'create index concurrently i on t (x)',
  'select pg_advisory_unlock_all()',
  'copy t from stdin',
  'selec 1',
])('never lets "%s" pass, whatever policy and author say', async (sql) => {
  const lenient: LintPolicy = {
    severities: { error: 'allow', warning: 'allow', info: 'allow' },
    codes: {},
    honoursAccepts: true,
  };
  const refused = (await judge(sql, lenient)).refusals;
  expect(refused).toHaveLength(1);
  expect((await judge(`-- grey: accept ${refused[0]!.code} please\n${sql}`, lenient)).isAllowed).toBe(false);
});

test('lets others have their turn while a large set is judged', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { report } = await judge('alter table t add column x int;\n'.repeat(900));
  clearInterval(timer);
  expect(report.migrations[0]!.up).toHaveLength(900);
  expect(turns).toBeGreaterThan(1);
});
