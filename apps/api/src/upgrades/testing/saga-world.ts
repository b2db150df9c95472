import type { Position, UpgradeOptions } from '@grey/contracts';
import type { ServiceRecord } from '@grey/route-core';
import type { AssignedCell, SwitchWish } from '../../assignments/cell-switch.service.ts';
import type { TenantSchemaCell } from '../../tenant-schemas/tenant-schemas.service.ts';
import type { Claim, ClaimedPatch } from '../claims.store.ts';
import { ConfirmStep } from '../steps/confirm.step.ts';
import { FenceStep } from '../steps/fence.step.ts';
import { MarkStep } from '../steps/mark.step.ts';
import { unmark } from '../steps/marking.ts';
import { SoakStep } from '../steps/soak.step.ts';
import { FLOOR } from '../steps/step-notes.ts';
import { SwitchStep } from '../steps/switch.step.ts';
import type { DriveParts } from '../upgrade-drive.ts';
import { pendingSteps, stepsOf } from '../upgrade-machine.ts';
import type { UpgradeRow } from '../upgrade-row.ts';
import {
  ClaimLost,
  type StepContext,
  type StepOutcome,
  type UpgradeStep,
  UpgradeSteps,
  upgradeFailure,
} from '../upgrade-step.ts';

/** Thrown by everything once the process is dead. */
export class Killed extends Error {}

/** All that survives a process: our database and the tenant's. */
export interface World {
  row: UpgradeRow;
  assigned: AssignedCell | null;
  schema: TenantSchemaCell | null;
  revision: number;
  /** Migrations that are applied in the tenant's database, which commits by itself. */
  readonly tenant: { applied: string[] };
}

export const EXPAND = ['1-expand', '2-migrate'];
export const CONTRACT = ['3-contract'];
const SERVICE = {
  versions: [
    { version: 'v1', ordinal: 1, status: 'active', schemaMin: 0, schemaMax: 0 },
    { version: 'v2', ordinal: 2, status: 'active', schemaMin: 1 },
  ],
} as unknown as ServiceRecord;
const SETS = [
  {
    schemaVersion: 1,
    migrations: [...EXPAND, ...CONTRACT].map((name) => ({ name, phase: name.slice(2) })),
  },
];

export function newWorld(contract: UpgradeOptions['contract'], schema: TenantSchemaCell | null): World {
  const options = {
    backup: 'never',
    contract,
    soakSeconds: 0,
    gates: { maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 },
  } as const;
  const row = {
    ...{
      id: 'u1',
      kind: 'service',
      tenantId: 't',
      serviceId: 's',
      fromVersion: 'v1',
      toVersion: 'v2',
      schemaFrom: null,
    },
    ...{
      schemaTo: 1,
      options,
      requestedBy: { kind: 'user', id: 'u', name: 'Una' },
      reason: null,
      overrideReason: null,
    },
    ...{
      batchId: 'b',
      wave: 1,
      batchConcurrency: null,
      state: 'queued',
      steps: pendingSteps(stepsOf('service', options)),
    },
    ...{
      place: null,
      awaits: null,
      dueAt: null,
      failure: null,
      notes: {},
      endsAs: null,
      abort: null,
      confirmation: null,
    },
    ...{ isPastReturn: false, isHeld: false, backupIds: [], changeKeys: [], claimNumber: 0n, createdAt: new Date(0) },
    ...{ startedAt: null, finishedAt: null, stamp: 0n },
  } as UpgradeRow;
  return { row, assigned: { version: 'v1', isPinned: false }, schema, revision: 0, tenant: { applied: [] } };
}

/** What may go wrong while one process works on the upgrade. */
export interface Luck {
  /** How many things it does before it is killed. */
  readonly killAfter: number;
  /** For each look of a step at something that may fail, in order; afterwards all goes well. */
  readonly failures: boolean[];
  /** Looks at the routers before they know. */
  routersLag: number;
}

/** One process with the real machine and the real steps; stores and the tenant's database are in memory. */
export function partsOf(world: World, luck: Luck, check: (world: World) => void): DriveParts {
  let done = 0;
  const tick = () => {
    done += 1;
    if (done > luck.killAfter) throw new Killed('killed');
  };
  const fails = () => luck.failures.shift() === true;
  /** All or nothing, as a transaction: a kill leaves nothing of it. */
  const atomic = async <T>(work: (draft: World) => Promise<T>): Promise<T> => {
    tick();
    const draft: World = { ...structuredClone({ ...world, tenant: { applied: [] } }), tenant: world.tenant };
    // Nobody holds anything here.
    Object.defineProperty(draft, '$queryRaw', { value: async () => [] });
    const result = await work(draft);
    tick();
    Object.assign(world, draft, { tenant: world.tenant });
    check(world);
    return result;
  };
  const claims: DriveParts['claims'] = {
    transaction: (work) => atomic((draft) => work(draft as never)) as never,
    hold: async (tx, claim: Claim) => holdOf(tx as unknown as World, claim),
    save: async (tx, claim: Claim, patch: ClaimedPatch) => saveIn(tx as unknown as World, claim, patch),
    savePlace: async () => true,
  };
  const changes: DriveParts['changes'] = {
    commit: ((
      _: unknown,
      work: (tx: never, key: string) => Promise<{ items: readonly unknown[]; answer(at: object): unknown }>,
    ) =>
      atomic(async (draft) => {
        const { items, answer } = await work(draft as never, 'key');
        if (items.length > 0) draft.revision += 1;
        const position: Position = { epoch: 'e', revision: draft.revision };
        return answer({ changeId: null, position });
      })) as never,
  };
  const schemas = {
    read: async (tx: World) => tx.schema,
    write: async (tx: World, [cell]: TenantSchemaCell[]) => {
      const isSame = JSON.stringify(tx.schema) === JSON.stringify(cell);
      tx.schema = cell as TenantSchemaCell;
      return isSame ? [] : [{}];
    },
    remove: async (tx: World) => {
      const was = tx.schema;
      tx.schema = null;
      return was === null ? [] : [{}];
    },
  };
  const ways = {
    read: async (tx: World, { notes }: UpgradeRow) => ({
      ...{ engine: 'postgres', cell: tx.schema, service: SERVICE, target: SERVICE.versions[1], own: 1, sets: SETS },
      ...{ floor: (notes[FLOOR] as number | undefined) ?? tx.schema?.schemaVersion ?? null, contracted: CONTRACT },
    }),
  };
  const cells = {
    read: async (tx: World) => tx.assigned,
    switch: async (tx: World, { from, to }: SwitchWish) => {
      const found = tx.assigned;
      const isMoved = from.includes(found?.version ?? null) && found?.version !== to?.version;
      if (isMoved) tx.assigned = to === null ? null : { version: to.version, isPinned: found?.isPinned ?? false };
      return { found, isMoved, items: isMoved ? [{}] : [] };
    },
  };
  const fence = {
    look: async () => {
      tick();
      const isPassed = luck.routersLag <= 0;
      luck.routersLag -= 1;
      return { isPassed, total: 1, applied: isPassed ? 1 : 0, lapsed: [], missing: isPassed ? [] : ['r1'] };
    },
  };
  const stores = {
    begin: async () => ({
      startedAt: new Date(0),
      now: new Date(1_000),
      decisionCount: 10,
      failedCount: fails() ? 9 : 0,
    }),
    end: async () => undefined,
  };
  const tables = { findTenant: async () => ({ id: 't', tags: [] }) };
  const steps = new UpgradeSteps();
  const registered = [
    fake('preflight', async (context) => {
      await context.remember({ [FLOOR]: world.schema?.schemaVersion ?? 0 });
      return fails() ? { kind: 'failed', failure: upgradeFailure('UPGRADE_REFUSED', 'refused') } : { kind: 'done' };
    }),
    new MarkStep(ways as never, schemas as never, steps),
    fake('backup', async () => ({ kind: 'skipped' })),
    tenantStep('expand', EXPAND, world, tick, fails, schemas),
    fake('verify', async () =>
      fails() ? { kind: 'failed', failure: upgradeFailure('LEDGER', 'no') } : { kind: 'done' },
    ),
    new SwitchStep(cells as never, { forget: async () => undefined } as never, tables as never, steps),
    new SoakStep(stores as never, {} as never, steps),
    new ConfirmStep(ways as never, steps),
    new FenceStep(fence as never, ways as never, schemas as never, cells as never, tables as never, steps),
    tenantStep('contract', CONTRACT, world, tick, fails, schemas),
  ];
  for (const step of registered) steps.register(step);
  const finish = (context: StepContext) => unmark(context, schemas as never);
  return { claims, changes, steps, finish, onEnded: () => undefined };
}

function fake(name: UpgradeStep['name'], run: UpgradeStep['run']): UpgradeStep {
  return { name, run, compensate: async () => ({ kind: 'done' }) };
}

/** Applies migrations one by one, as the runner does: each commits in the tenant's database, and is found there again. */
function tenantStep(
  name: 'expand' | 'contract',
  migrations: readonly string[],
  world: World,
  tick: () => void,
  fails: () => boolean,
  schemas: {
    read(tx: World): Promise<TenantSchemaCell | null>;
    write(tx: World, cells: TenantSchemaCell[]): Promise<object[]>;
  },
): UpgradeStep {
  const { tenant } = world;
  const setSchema = (context: StepContext, change: (cell: TenantSchemaCell) => TenantSchemaCell) =>
    context.change(async (tx) => {
      const cell = await schemas.read(tx as never);
      if (cell === null) throw new Error('nothing is recorded');
      return { kind: 'upgrade.expanded', items: (await schemas.write(tx as never, [change(cell)])) as never };
    });
  const apply = async (): Promise<boolean> => {
    for (const one of migrations) {
      tick();
      if (tenant.applied.includes(one)) continue;
      if (fails()) return false;
      tenant.applied.push(one);
      tick();
    }
    return true;
  };
  const takeDown = () => {
    for (const one of migrations.toReversed()) {
      tick();
      tenant.applied = tenant.applied.filter((other) => other !== one);
    }
  };
  const failure = upgradeFailure('STATEMENT_FAILED', 'failed');
  return {
    name,
    async run(context): Promise<StepOutcome> {
      if (context.signal.aborted) return { kind: 'failed', failure };
      if (name === 'contract') await context.beginContract();
      if (!(await apply())) {
        if (name === 'expand') return { kind: 'failed', failure };
        takeDown();
        return { kind: 'contract-taken-back', failure };
      }
      await setSchema(context, (cell) =>
        name === 'expand'
          ? { ...cell, expandedTo: 1 }
          : { ...cell, schemaVersion: 1, expandedTo: 1, isMigrating: false },
      );
      return { kind: 'done' };
    },
    async compensate(context): Promise<StepOutcome> {
      if (name === 'contract') return { kind: 'done' };
      if (world.schema !== null) await setSchema(context, (cell) => ({ ...cell, expandedTo: cell.schemaVersion }));
      takeDown();
      return { kind: 'done' };
    },
  };
}

function holdOf({ row }: World, { number }: Claim): UpgradeRow {
  if (row.claimNumber !== number) throw new ClaimLost('another has it');
  return row;
}

function saveIn(draft: World, claim: Claim, patch: ClaimedPatch): UpgradeRow {
  const row = holdOf(draft, claim);
  const { state, steps, awaits, endsAs, isPastReturn, failure, notes } = patch;
  const given = Object.fromEntries(
    Object.entries({ state, steps, awaits, endsAs, isPastReturn, failure }).filter(([, value]) => value !== undefined),
  );
  draft.row = { ...row, ...given, notes: { ...row.notes, ...notes } };
  return draft.row;
}
