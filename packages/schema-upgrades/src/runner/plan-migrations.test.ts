import { describe, expect, test } from 'vitest';
import type { LedgerRow } from '../databases/tenant-database.ts';
import type { Migration } from '../migration.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { type PlanRequest, planMigrations } from './plan-migrations.ts';

const FIRST = makeMigration('0001', 'CREATE TABLE a (id int); CREATE TABLE b (id int)', 'DROP TABLE b; DROP TABLE a');
const SECOND = makeMigration('0002', 'UPDATE a SET id = 1', 'SELECT 1', { phase: 'migrate' });
const THIRD = makeMigration('0003', 'DROP TABLE b', null, { phase: 'contract' });
const ALL = [FIRST, SECOND, THIRD];

test('what is pending comes in order on the way up, in reverse on the way down', () => {
  const up = plan({}, [rowOf(FIRST)]);
  expect(up.steps.map((step) => step.migration.name)).toEqual(['0002', '0003']);
  expect(up.settled).toEqual(['0001']);
  const down = plan({ direction: 'down' }, [rowOf(FIRST), rowOf(SECOND)]);
  expect(down.steps.map((step) => [step.migration.name, ...step.statements])).toEqual([
    ['0002', 'SELECT 1'],
    ['0001', 'DROP TABLE b', 'DROP TABLE a'],
  ]);
  expect(down.problems).toEqual([]);
});

test('what was begun is finished first, in its own direction', () => {
  const begun = { ...rowOf(FIRST), state: 'reverting' as const };
  const { unfinished, steps } = plan({}, [begun]);
  expect(unfinished.map(({ step }) => [step.migration.name, step.direction])).toEqual([['0001', 'down']]);
  expect(steps.map((step) => step.migration.name)).toEqual(['0001', '0002', '0003']);
  const running = plan({}, [{ ...begun, state: 'running' }]);
  expect(running.steps.map((step) => step.migration.name)).toEqual(['0002', '0003']);
});

test('contract is refused before the rest is in place, and planned together with it', () => {
  expect(plan({ phases: ['contract'] }, [rowOf(FIRST)]).problems).toMatchObject([
    { code: 'PLAN_INVALID', migration: '0003', message: '0003 contracts, but 0002 has not been applied' },
  ]);
  expect(plan({ phases: ['contract'] }, [rowOf(FIRST), rowOf(SECOND)]).problems).toEqual([]);
  expect(plan({}, []).problems).toEqual([]);
});

describe('with several sets', () => {
  const NEXT = [
    makeMigration('0004', 'ALTER TABLE a ADD COLUMN c int', 'ALTER TABLE a DROP COLUMN c'),
    makeMigration('0005', 'UPDATE a SET c = id', 'SELECT 1', { phase: 'migrate' }),
    makeMigration('0006', 'ALTER TABLE a DROP COLUMN id', 'ALTER TABLE a ADD COLUMN id int', { phase: 'contract' }),
  ];
  const migrations = [...ALL, ...NEXT];
  const expanded = [FIRST, SECOND, ...NEXT.slice(0, 2)].map(rowOf);
  const namesOf = (request: Partial<PlanRequest>, ledger: LedgerRow[]) => {
    const { steps, problems } = plan({ migrations, ...request }, ledger);
    return problems.length > 0 ? problems.map(({ message }) => message) : steps.map((step) => step.migration.name);
  };

  test('the next is expanded while the contract of the one before is open, and both are contracted in their order', () => {
    expect(namesOf({ phases: ['expand', 'migrate'] }, [FIRST, SECOND].map(rowOf))).toEqual(['0004', '0005']);
    expect(namesOf({ phases: ['contract'] }, expanded)).toEqual(['0003', '0006']);
    expect(namesOf({ phases: ['contract'] }, [...expanded, rowOf(THIRD)])).toEqual(['0006']);
  });

  test('neither is contracted before both are expanded', () => {
    expect(namesOf({ phases: ['contract'] }, [FIRST, SECOND].map(rowOf))).toEqual([
      '0003 contracts, but 0004 has not been applied',
      '0006 contracts, but 0004 has not been applied',
    ]);
    expect(namesOf({ phases: ['contract'], migrations: ALL }, [FIRST, SECOND].map(rowOf))).toEqual(['0003']);
  });

  test('what a contract was built on does not go before it; the contract of an earlier set hinders nobody', () => {
    const down = { direction: 'down', phases: ['expand', 'migrate'] } as const;
    expect(namesOf(down, [...expanded, rowOf(THIRD)])).toEqual([
      '0001 cannot be taken back while 0003 stands, which contracts after it',
      '0002 cannot be taken back while 0003 stands, which contracts after it',
    ]);
    expect(namesOf({ ...down, migrations: NEXT }, [...expanded, rowOf(THIRD)])).toEqual(['0005', '0004']);
    expect(namesOf(down, expanded)).toEqual(['0005', '0004', '0002', '0001']);
  });
});

test.each<[string, Partial<PlanRequest>, LedgerRow[], string]>([
  ['a changed text', {}, [{ ...rowOf(FIRST), checksum: 'other' }], 'CHECKSUM_CHANGED'],
  ['a way back that was declared not to be', { direction: 'down' }, ALL.map(rowOf), 'IRREVERSIBLE'],
  ['what needs an operator', {}, [{ ...rowOf(FIRST), state: 'needs_operator' }], 'NEEDS_OPERATOR'],
  ['a name that is there twice', { migrations: [FIRST, FIRST] }, [], 'PLAN_INVALID'],
  ['a foreign migration left unfinished', {}, [{ ...rowOf(FIRST), name: '0000', state: 'running' }], 'PLAN_INVALID'],
  ['a COMMIT of its own', { migrations: [makeMigration('0001', 'SELECT 1; COMMIT', null)] }, [], 'PLAN_INVALID'],
])('%s is refused', (_what, request, ledger, code) => {
  expect(plan(request, ledger).problems).toMatchObject([{ code }]);
});

test('a text that was reverted may change', () => {
  expect(plan({}, [{ ...rowOf(FIRST), state: 'reverted', checksum: 'other' }]).problems).toEqual([]);
});

function plan(request: Partial<PlanRequest>, ledger: readonly LedgerRow[]) {
  return planMigrations(
    { engine: 'postgres', migrations: ALL, direction: 'up', runId: 'run-1', by: 'a test', ...request },
    ledger,
  );
}

function rowOf(migration: Migration): LedgerRow {
  return {
    name: migration.name,
    checksum: migration.checksum,
    phase: migration.phase,
    state: 'applied',
    runId: 'run-0',
    by: 'a test',
    fencingToken: 1n,
    statement: 1,
    objectsBefore: null,
    objectsAtStart: null,
    message: null,
    startedAt: new Date(0),
    finishedAt: new Date(0),
  };
}
