import type { operations, UpgradeBatch } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { actorOf, type ChangeRequest, ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import { BatchCoordinator } from './batch-coordinator.ts';
import { BatchRollbacks } from './batch-rollback.service.ts';
import type { BatchRow, BatchState } from './batch-row.ts';
import { itemOfBatch } from './batch-view.ts';
import { BatchViews } from './batch-views.service.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';
import { wavesToTakeBack } from './waves-to-take-back.ts';

type Ops = typeof operations;

/** What somebody may want of a batch: to pause it, to go on, to take it back, to contract. */
@Injectable()
export class BatchActionsService {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly views: BatchViews,
    private readonly upgrades: Upgrades,
    private readonly rollbacks: BatchRollbacks,
    private readonly changes: ChangesService,
    private readonly coordinator: BatchCoordinator,
  ) {}

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
      return this.store.update(tx, row.id, { state: 'running', stoppedBecause: null });
    });
  }

  /** `current` is the wave under way, or the last that was. @throws ApiError UPGRADE_BATCH_UNKNOWN, UPGRADE_BATCH_STATE */
  rollBack(call: Called<Ops['rollBackUpgradeBatch']>): Promise<UpgradeBatch> {
    const { reason, waves } = call.input.body;
    const by = actorOf(call.caller);
    return this.#change(call, ANY, async (tx, row) => {
      const wanted = wavesToTakeBack(await this.store.listWaves(tx, row.id), waves);
      if (typeof wanted === 'string') throw wrongState(wanted);
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
      const before = await this.views.find(tx, input.params.batchId, true);
      if (!from.includes(before.state)) throw wrongState(`The batch is ${before.state.replace('_', ' ')}.`);
      const after = await work(tx, before);
      const view = await this.views.show(tx, after);
      const { confirmation } = after;
      const more =
        confirmation === null || before.confirmation?.at === confirmation.at ? {} : { confirmedAt: confirmation.at };
      return { items: [itemOfBatch(before, after, more)], answer: () => view };
    });
    this.upgrades.nudge();
    this.coordinator.nudge();
    return answer as UpgradeBatch;
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

function wrongState(detail: string): ApiError {
  return new ApiError('UPGRADE_BATCH_STATE', { detail });
}
