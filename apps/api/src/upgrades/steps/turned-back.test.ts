import { expect, test } from 'vitest';
import type { TenantSchemaCell } from '../../tenant-schemas/tenant-schemas.service.ts';
import { allTakenBack, RunHistory, tellUndone, type Undone, withApplied } from '../undone.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import type { StepContext } from '../upgrade-step.ts';
import { ContractStep } from './contract.step.ts';
import { ExpandStep } from './expand.step.ts';
import { markAgain, unmark } from './marking.ts';
import type { StepParts } from './step-parts.ts';

const EXPAND = { name: '1-expand', phase: 'expand', checksum: 'a' };
const CONTRACT = { name: '2-contract', phase: 'contract', checksum: 'b' };
const DONE = { outcome: 'done', sentence: '', failure: null };
const STUCK = { outcome: 'needs-operator', sentence: 'stuck', failure: null };

/** The record of one schema, the log, and a tenant's database that does as it is told. */
function world(ways: object = {}) {
  const state = {
    cell: { tenantId: 't', serviceId: 's', schemaVersion: 0, expandedTo: 0, isMigrating: true } as TenantSchemaCell,
    revision: 0,
    row: {
      tenantId: 't',
      serviceId: 's',
      schemaTo: 1,
      notes: {},
      options: { backup: 'never' },
    } as unknown as UpgradeRow,
    ledger: [{ name: '1-expand', state: 'applied', checksum: 'a' }],
    /** What the schema was recorded to serve whenever something was taken down. */
    takenDownAt: [] as TenantSchemaCell[],
    contracted: 0,
    takesBack: DONE as object,
    looks: [] as number[],
  };
  const schemas = {
    read: async () => state.cell,
    write: async (_: unknown, [cell]: TenantSchemaCell[]) => {
      const isSame = JSON.stringify(cell) === JSON.stringify(state.cell);
      state.cell = cell as TenantSchemaCell;
      return isSame ? [] : [{}];
    },
  };
  const sets = [{ schemaVersion: 1, migrations: [EXPAND, CONTRACT] }];
  const way = { engine: 'postgres', sets, own: 1, floor: 0, contracted: ['2-contract'], ...ways };
  const parts = {
    read: async (work: (tx: unknown) => unknown) => work({}),
    ways: { read: async () => ({ ...way, cell: state.cell }) },
    runs: {
      run: async (_: unknown, { phases }: { phases: string[] }) => {
        if (phases.includes('contract')) state.contracted += 1;
        return DONE;
      },
      takeBack: async () => {
        state.takenDownAt.push(state.cell);
        return state.takesBack;
      },
      listLedger: async () => state.ledger,
    },
    schemas,
    fence: {
      look: async ({ revision }: { revision: number }) => {
        state.looks.push(revision);
        return { isPassed: true, missing: [] };
      },
    },
    access: { session: async () => ({ digest: 'd', objects: {}, catalogue: {}, ledger: [] }) },
    checks: { baseline: async () => undefined },
  } as unknown as StepParts;
  const context = {
    get upgrade() {
      return state.row;
    },
    signal: new AbortController().signal,
    write: async (work: (tx: never) => unknown) => work({} as never),
    change: async (work: (tx: never) => Promise<{ items: readonly unknown[] }>) => {
      const { items } = await work({} as never);
      if (items.length > 0) state.revision += 1;
      return { epoch: 'e', revision: state.revision };
    },
    remember: async (patch: object) => {
      state.row = { ...state.row, notes: { ...state.row.notes, ...patch } };
    },
    beginContract: async () => undefined,
  } as unknown as StepContext;
  return { state, parts, context };
}

test('what was taken for narrowed once is narrowed again after an operator had turned the way', async () => {
  const { state, parts, context } = world();
  const step = new ExpandStep(parts);
  await step.run(context);
  expect(state.cell.expandedTo).toBe(1);
  state.takesBack = STUCK;
  expect(await step.compensate(context)).toMatchObject({ kind: 'needs-operator' });
  await step.run(context);
  expect(state.cell.expandedTo).toBe(1);
  const widenedAt = state.revision;
  state.takesBack = DONE;
  expect(await step.compensate(context)).toMatchObject({ kind: 'done' });
  expect(state.takenDownAt.map(({ expandedTo }) => expandedTo)).toEqual([0, 0]);
  expect(state.looks.at(-1)).toBeGreaterThan(widenedAt);
});

test('what was unmarked twice is marked twice before it is taken back', async () => {
  const { state, parts, context } = world();
  for (const _ of ['first', 'second']) {
    await unmark(context, parts.schemas);
    const unmarkedAt = state.revision;
    expect(await markAgain(context, parts)).toBeUndefined();
    expect(state.cell.isMigrating).toBe(true);
    expect(state.looks.at(-1)).toBeGreaterThan(unmarkedAt);
  }
});

test('nothing is added where the migrations lead elsewhere by now, or the data source is gone', async () => {
  const { state, parts, context } = world({ sets: [], own: null });
  expect(await new ExpandStep(parts).run(context)).toMatchObject({
    kind: 'failed',
    failure: { code: 'UPGRADE_REFUSED' },
  });
  const gone = world({ engine: null, sets: [], own: null });
  const failure = { code: 'DATA_SOURCE_MISSING' };
  expect(await new ExpandStep(gone.parts).run(gone.context)).toMatchObject({ kind: 'failed', failure });
  expect([state.cell.expandedTo, gone.state.cell.expandedTo]).toEqual([0, 0]);
});

test('contract does not begin at a database that was not expanded, nor end where there is none', async () => {
  const { state, parts, context } = world();
  state.ledger = [];
  const contract = new ContractStep(parts, {} as never);
  const failure = { code: 'LEDGER_INCOMPLETE' };
  expect(await contract.run(context)).toMatchObject({ kind: 'contract-taken-back', failure });
  expect(state.contracted).toBe(0);
  const gone = world({ engine: null, sets: [], contracted: [] });
  await gone.context.remember({ hasContracted: true });
  const outcome = await new ContractStep(gone.parts, {} as never).run(gone.context);
  expect(outcome).toMatchObject({ kind: 'needs-operator', failure: { code: 'DATA_SOURCE_MISSING' } });
});

test('what was applied and taken back is told whole where workers were killed in between, and bounded', () => {
  const told = (undone: Undone | undefined) => tellUndone({ notes: { undone } });
  const finished = (migration: string, direction: 'up' | 'down') =>
    ({ kind: 'migration-finished', migration, direction }) as const;
  // Another process had applied the first; the third fails half way.
  const history = new RunHistory();
  history.note(finished('2', 'up'));
  history.note({ kind: 'taking-back', code: 'STATEMENT_FAILED', migrations: ['3', '2', '1'] });
  for (const name of ['3', '2', '1']) history.note(finished(name, 'down'));
  const failure = { code: 'STATEMENT_FAILED', message: 'no', migration: '3', statement: 2 } as never;
  expect(history.undoneBy({ outcome: 'done', failure: null })).toBeUndefined();
  expect(told(history.undoneBy({ outcome: 'taken-back', failure }))).toBe(
    'It had applied 1, 2, 3 in part, and took back 3, 2, 1.',
  );
  // Killed after the second of three was down: the ledger then has only the first.
  const begun = withApplied(null, ['1', '2', '3']);
  expect(told(begun)).toBe('It had applied 1, 2, 3, and has taken none of it back.');
  expect(told(allTakenBack(withApplied(begun, ['1'])))).toBe('It had applied 1, 2, 3, and took back 3, 2, 1.');
  const many = Array.from({ length: 300 }, (_, at) => `m${at}`);
  expect(told(allTakenBack(withApplied(null, many)))).toBe(
    'It had applied m0, m1, m2, m3 and 296 more, and took back m299, m298, m297, m296 and 296 more.',
  );
});
