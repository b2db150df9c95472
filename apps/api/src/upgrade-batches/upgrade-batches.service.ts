import { randomUUID } from 'node:crypto';
import type { Objection, operations, UpgradeBatch } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { actorOf, type ChangeRequest, ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import { BatchCoordinator } from './batch-coordinator.ts';
import { BatchRollbacks } from './batch-rollback.service.ts';
import type { BatchRow, BatchState } from './batch-row.ts';
import { batchView, itemOfBatch } from './batch-view.ts';
import { PlanBatchService } from './plan-batch.service.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';

type Ops = typeof operations;
const SHOWN = 1_000;

/** Batches of upgrades: made of a plan, watched, stopped and taken back. */
@Injectable()
export class UpgradeBatchesService {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly plans: PlanBatchService,
    private readonly upgrades: Upgrades,
    private readonly rollbacks: BatchRollbacks,
    private readonly changes: ChangesService,
    private readonly coordinator: BatchCoordinator,
  ) {}

  /** @throws ApiError CURSOR_INVALID */
  list({ input }: Called<Ops['listUpgradeBatches']>) {
    const { limit, cursor, serviceId } = input.query;
    const scope = ['upgrade-batches', serviceId];
    const [before] = readCursor(scope, cursor, ['count']) ?? [];
    return this.store.consistentRead(async (tx) => {
      const rows = await this.store.list(tx, serviceId, before as number | undefined, limit + 1);
      const views = new Map<string, UpgradeBatch>();
      for (const view of await this.#showAll(tx, rows.slice(0, limit))) views.set(view.id, view);
      return pageOfRows(
        rows,
        limit,
        scope,
        (row) => [row.seq],
        (row) => views.get(row.id) as UpgradeBatch,
      );
    });
  }

  /** @throws ApiError UPGRADE_BATCH_UNKNOWN */
  get({ input }: Called<Ops['getUpgradeBatch']>): Promise<UpgradeBatch> {
    return this.store.consistentRead(async (tx) => this.#show(tx, await this.#find(tx, input.params.batchId, false)));
  }

  /** For streams; undefined: there is none. */
  findView(batchId: string): Promise<UpgradeBatch | undefined> {
    return this.store.consistentRead(async (tx) => {
      const row = await this.store.find(tx, batchId);
      return row === undefined ? undefined : this.#show(tx, row);
    });
  }

  /**
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, PLAN_TOKEN_INVALID, PLAN_EXPIRED, PLAN_STALE;
   * VALIDATION_FAILED when nobody would be upgraded
   */
  async create({ caller, input, idempotency }: Called<Ops['createUpgradeBatch']>): Promise<UpgradeBatch> {
    const { name, reason, planToken, ...plan } = input.body;
    const request = { kind: 'upgrade_batch.created', actor: actorOf(caller), reason, idempotency } as const;
    const answer = await this.changes.commit<UpgradeBatch>(request, async (tx) => {
      const digest = this.plans.verify(planToken, caller, plan);
      const selection = await this.plans.select(tx, caller, plan, true);
      if (selection.digest !== digest) throw stale(selection.objections);
      const tenantCount = selection.waves.reduce((sum, { tenantIds }) => sum + tenantIds.length, 0);
      if (tenantCount === 0) throw nobody();
      const { kind, serviceId, fromVersion = null, toVersion, concurrency, order, options, override } = plan;
      const draft = {
        id: randomUUID(),
        name: name ?? `${serviceId} ${toVersion}`,
        kind,
        serviceId,
        fromVersion,
        toVersion,
        concurrency,
        order,
        options,
        overrideReason: override?.reason ?? null,
        requestedBy: actorOf(caller),
        reason: reason ?? null,
      };
      await this.store.insert(tx, draft, selection.waves);
      const row = await this.#find(tx, draft.id, false);
      const view = await this.#show(tx, row);
      return { items: [itemOfBatch(null, row, { tenantCount })], answer: () => view };
    });
    this.coordinator.nudge();
    return answer as UpgradeBatch;
  }

  /** @throws ApiError UPGRADE_BATCH_UNKNOWN, UPGRADE_BATCH_STATE */
  pause(call: Called<Ops['pauseUpgradeBatch']>): Promise<UpgradeBatch> {
    return this.#change(call, ['running'], async (tx, row) => {
      await this.upgrades.hold(tx, row.id, null, true);
      return this.store.update(tx, row.id, { state: 'paused' });
    });
  }

  /** @throws ApiError UPGRADE_BATCH_UNKNOWN, UPGRADE_BATCH_STATE */
  resume(call: Called<Ops['resumeUpgradeBatch']>): Promise<UpgradeBatch> {
    return this.#change(call, ['paused'], async (tx, row) => {
      await this.upgrades.hold(tx, row.id, null, false);
      return this.store.update(tx, row.id, { state: 'running' });
    });
  }

  /** `current` is the wave under way, or the last that was. @throws ApiError UPGRADE_BATCH_UNKNOWN, UPGRADE_BATCH_STATE */
  rollBack(call: Called<Ops['rollBackUpgradeBatch']>): Promise<UpgradeBatch> {
    const { reason, waves } = call.input.body;
    const by = actorOf(call.caller);
    return this.#change(call, ANY, async (tx, row) => {
      const begun = (await this.store.listWaves(tx, row.id)).filter(({ state }) => BEGUN.has(state));
      const numbers = begun.map(({ number }) => number);
      const wanted = waves === 'all' ? numbers : numbers.slice(-1);
      if (wanted.length === 0) throw wrongState('No wave has begun that could go back.');
      return this.rollbacks.begin(tx, row, wanted, { by, reason });
    });
  }

  /** @throws ApiError UPGRADE_BATCH_UNKNOWN; UPGRADE_BATCH_STATE when nobody waits for it */
  confirm(call: Called<Ops['confirmUpgradeBatch']>): Promise<UpgradeBatch> {
    const { reason, forgetRouters } = call.input.body;
    const confirmation = { by: actorOf(call.caller), at: new Date().toISOString(), reason, forgetRouters };
    return this.#change(call, ANY, async (tx, row) => {
      const ids = await this.upgrades.idsOf(tx, row.id, { states: ['waiting'], awaits: 'confirmation' });
      const { granted } = await this.upgrades.confirm(tx, ids, confirmation);
      if (granted.length === 0) throw wrongState('Nobody of the batch waits for a confirmation.');
      const state = row.state === 'confirming' ? 'contracting' : row.state;
      return this.store.update(tx, row.id, { confirmation, state });
    });
  }

  async #change(
    {
      caller,
      input,
    }: { caller: Caller; input: { params: { batchId: string }; body: { reason?: string | undefined } } },
    from: readonly BatchState[],
    work: (tx: Transaction, row: BatchRow) => Promise<BatchRow>,
  ): Promise<UpgradeBatch> {
    const request: ChangeRequest = { kind: 'upgrade_batch.updated', actor: actorOf(caller), reason: input.body.reason };
    const answer = await this.changes.commit<UpgradeBatch>(request, async (tx) => {
      const before = await this.#find(tx, input.params.batchId, true);
      if (!from.includes(before.state)) throw wrongState(`The batch is ${before.state.replace('_', ' ')}.`);
      const after = await work(tx, before);
      const view = await this.#show(tx, after);
      const { confirmation } = after;
      const more =
        confirmation === null || before.confirmation?.at === confirmation.at ? {} : { confirmedAt: confirmation.at };
      return { items: [itemOfBatch(before, after, more)], answer: () => view };
    });
    this.upgrades.nudge();
    this.coordinator.nudge();
    return answer as UpgradeBatch;
  }

  async #find(tx: Transaction, id: string, isLocked: boolean): Promise<BatchRow> {
    const row = await (isLocked ? this.store.lock(tx, id) : this.store.find(tx, id));
    if (row === undefined) throw new ApiError('UPGRADE_BATCH_UNKNOWN');
    return row;
  }

  async #show(tx: Transaction, row: BatchRow): Promise<UpgradeBatch> {
    const [view] = await this.#showAll(tx, [row]);
    return view as UpgradeBatch;
  }

  async #showAll(tx: Transaction, rows: readonly BatchRow[]): Promise<UpgradeBatch[]> {
    const counts = await this.store.countMembers(
      tx,
      rows.map(({ id }) => id),
    );
    const views: UpgradeBatch[] = [];
    for (const batch of rows) {
      const waves = await this.store.listWaves(tx, batch.id);
      views.push(batchView({ batch, waves, counts: counts.get(batch.id) ?? new Map() }));
    }
    return views;
  }
}

const ANY: readonly BatchState[] = [
  'running',
  'paused',
  'confirming',
  'contracting',
  'done',
  'rolling_back',
  'rolled_back',
  'stopped',
  'needs_operator',
];
/** Waves that have something to take back. */
const BEGUN: ReadonlySet<string> = new Set(['running', 'soaking', 'done']);

function wrongState(detail: string): ApiError {
  return new ApiError('UPGRADE_BATCH_STATE', { detail });
}

function nobody(): ApiError {
  const message = 'nobody would be upgraded; the plan says why';
  return new ApiError('VALIDATION_FAILED', { detail: `${message}.`, errors: [{ path: 'body', message }] });
}

/** What was planned is not what would be begun; where guards object to somebody, that may be why. */
function stale(objections: readonly Objection[]): ApiError {
  const [first] = objections;
  if (first === undefined) return new ApiError('PLAN_STALE');
  const others = objections.length === 1 ? '' : ` And ${objections.length - 1} more.`;
  return new ApiError('PLAN_STALE', {
    detail: `Guards object to what was, or would be, planned: ${first.detail}${others}`,
    objections: objections.slice(0, SHOWN),
  });
}
