import type { Actor } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import type { BatchRow, WaveRow } from './batch-row.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';

/** Those on their way back end as what they are: whoever failed has failed, and is not one that somebody aborted. */
const ACTIVE = ['queued', 'running', 'waiting', 'needs_operator'] as const;
const BEGUN: readonly WaveRow['state'][] = ['running', 'soaking', 'done', 'stopped'];

/** Takes waves back as one: whoever is under way is aborted, whoever is done goes back too, and nobody else begins. */
@Injectable()
export class BatchRollbacks {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly upgrades: Upgrades,
  ) {}

  /** @param numbers of waves that have begun @returns the batch, rolling back; to be called with it locked */
  async begin(
    tx: Transaction,
    batch: BatchRow,
    numbers: readonly number[],
    { by, reason }: { readonly by: Actor; readonly reason: string },
  ): Promise<BatchRow> {
    for (const wave of numbers) {
      const active = await this.upgrades.idsOf(tx, batch.id, { wave, states: ACTIVE });
      await this.upgrades.requestAbort(tx, active, reason, by);
      // Asked only now that those are locked: one that ended while its lock was waited for is done, and goes back as well.
      const done = await this.upgrades.idsOf(tx, batch.id, { wave, states: ['done'] });
      await this.upgrades.takeBack(tx, done, reason, by);
    }
    await this.store.setWaves(tx, batch.id, BEGUN, 'rolling_back', numbers);
    await this.store.setWaves(tx, batch.id, ['pending'], 'stopped');
    const waves = [...new Set([...(batch.rollback?.waves ?? []), ...numbers])].sort((x, y) => x - y);
    const rollback = { by, at: new Date().toISOString(), reason, waves };
    return this.store.update(tx, batch.id, { state: 'rolling_back', rollback, isFinished: false });
  }
}
