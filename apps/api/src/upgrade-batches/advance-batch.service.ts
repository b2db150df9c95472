import type { Actor, Change } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import { BatchRollbacks } from './batch-rollback.service.ts';
import { type BatchRow, NOBODY, type WholeBatch } from './batch-row.ts';
import { sentenceOf } from './batch-sentence.ts';
import { batchView, itemOfBatch } from './batch-view.ts';
import { BatchViews } from './batch-views.service.ts';
import { type BatchAction, decideBatch } from './decide-batch.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';
import { WaveDrafts } from './wave-drafts.service.ts';

const ACTOR: Actor = { kind: 'system', id: 'upgrade-batches', name: 'Upgrade batches' };

interface Advanced {
  readonly action: BatchAction;
}

/** Takes the next thing that is to be done for a batch, and writes it down, in one transaction. */
@Injectable()
export class AdvanceBatchService {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly views: BatchViews,
    private readonly upgrades: Upgrades,
    private readonly drafts: WaveDrafts,
    private readonly rollbacks: BatchRollbacks,
    private readonly changes: ChangesService,
  ) {}

  /** @returns what was done; `rest` when there was nothing */
  async advance(batchId: string): Promise<BatchAction> {
    // Most looks find nothing to do: they shall not lock.
    const seen = await this.store.consistentRead(async (tx) => this.#decide(tx, await this.store.find(tx, batchId)));
    if (seen === undefined || seen.action.kind === 'rest') return seen?.action ?? { kind: 'rest', until: null };
    const request = { kind: 'upgrade_batch.updated', actor: ACTOR, reason: endingOf(seen.whole, seen.action) } as const;
    const answer = await this.changes.commit<Advanced>(request, async (tx) => {
      const found = await this.#decide(tx, await this.store.lock(tx, batchId));
      if (found === undefined || found.action.kind === 'rest')
        return { items: [], answer: () => ({ action: { kind: 'rest', until: null } }) };
      const { action, whole } = found;
      const done = await this.#do(tx, whole, action);
      return { ...done, answer: () => ({ action }) };
    });
    this.upgrades.nudge();
    return (answer as Advanced).action;
  }

  async #decide(tx: Transaction, batch: BatchRow | undefined) {
    if (batch === undefined) return undefined;
    const whole = await this.views.read(tx, batch);
    const { waves, counts } = whole;
    const facts = waves.map((wave) => ({ ...wave, counts: counts.get(wave.number) ?? NOBODY }));
    return { whole, action: decideBatch({ ...batch, waves: facts }, await this.store.readClock(tx)) };
  }

  async #do(tx: Transaction, whole: WholeBatch, action: Exclude<BatchAction, { kind: 'rest' }>) {
    const { batch } = whole;
    switch (action.kind) {
      case 'begin-wave': {
        const { drafts, leftOut, blocked } = await this.drafts.make(tx, batch, action.wave);
        if (blocked !== null) {
          const stoppedBecause = `wave ${action.wave} cannot begin. ${blocked}`;
          const after = await this.store.update(tx, batch.id, { state: 'paused', stoppedBecause });
          return { items: [itemOfBatch(batch, after)] };
        }
        const begunCount = await this.upgrades.startMany(tx, drafts);
        await this.store.beginWave(tx, batch.id, action.wave, begunCount, leftOut);
        const after = await this.store.update(tx, batch.id, { wave: action.wave });
        return { items: [itemOfBatch(batch, after, { begunCount })] };
      }
      case 'soak-wave':
        await this.store.soakWave(tx, batch.id, action.wave);
        await this.store.update(tx, batch.id, {});
        return { items: [] };
      case 'finish-wave':
        await this.store.setWaves(tx, batch.id, ['running', 'soaking'], 'done', [action.wave]);
        await this.store.update(tx, batch.id, {});
        return { items: [] };
      case 'roll-back-wave': {
        const budget = whole.waves.find(({ number }) => number === action.wave)?.failureBudget ?? 0;
        const reason = `${action.failureCount} failed in wave ${action.wave}, and the budget allows ${budget}`;
        const after = await this.rollbacks.begin(tx, batch, [action.wave], { by: ACTOR, reason });
        return { items: [itemOfBatch(batch, after)] };
      }
      case 'become':
        return this.#become(tx, whole, action);
    }
  }

  /** The end is told once, with how it ended for how many. */
  async #become(tx: Transaction, whole: WholeBatch, { state, isEnd }: Extract<BatchAction, { kind: 'become' }>) {
    const { batch } = whole;
    const isFinished = isEnd && state !== 'needs_operator';
    if (batch.state === 'rolling_back') await this.store.setWaves(tx, batch.id, ['rolling_back'], 'rolled_back');
    const after = await this.store.update(tx, batch.id, { state, isFinished });
    const wasTold = batch.state === 'needs_operator';
    const kind: Change['kind'] = isEnd && !wasTold ? 'upgrade_batch.ended' : 'upgrade_batch.updated';
    const view = batchView({ ...whole, batch: after });
    // Whoever is past the point of no return may still be under way: with them the numbers add up.
    const { cannotReturnCount, sentence } = view;
    const summary = { ...view.counts, cannotReturn: cannotReturnCount, sentence };
    return { kind, items: [itemOfBatch(batch, after, isEnd ? { summary } : {})] };
  }
}

/** What whoever is told of the end reads first; undefined: it goes on. */
function endingOf(whole: WholeBatch, action: BatchAction): string | undefined {
  if (action.kind !== 'become' || !action.isEnd) return undefined;
  return sentenceOf({ ...whole, batch: { ...whole.batch, state: action.state } });
}
