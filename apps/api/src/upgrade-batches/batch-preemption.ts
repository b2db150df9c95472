import type { HoldRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { PreEmption, type Preempted, type Preemptible, type Stopped } from '../emergency/pre-emption.ts';
import type { Transaction } from '../infra/db/database.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import type { BatchRow } from './batch-row.ts';
import { itemOfBatch } from './batch-view.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';
import { EMERGENCY } from './upgrade-preemption.ts';

/**
 * Stops batches that lead to a version which is rolled back, for whomever: what is broken for some is not brought to more.
 * Nobody else begins; those under way are stopped one by one, by {@link UpgradePreemption}, as far as the emergency is theirs.
 */
@Injectable()
export class BatchPreemption implements Preemptible {
  readonly name = 'upgrade-batches';

  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly upgrades: Upgrades,
    preEmption: PreEmption,
  ) {
    preEmption.register(this);
  }

  async find(tx: Transaction, hold: HoldRecord): Promise<Preempted[]> {
    return (await this.#list(tx, hold, false)).map(preemptedOf);
  }

  async preempt(tx: Transaction, hold: HoldRecord): Promise<Stopped[]> {
    const stopped: Stopped[] = [];
    for (const batch of await this.#list(tx, hold, true)) {
      await this.store.setWaves(tx, batch.id, ['pending', 'running', 'soaking'], 'stopped');
      const queued = await this.upgrades.idsOf(tx, batch.id, { states: ['queued'] });
      await this.upgrades.requestAbort(
        tx,
        queued,
        `the batch was stopped: ${hold.fromVersion} is rolled back`,
        EMERGENCY,
      );
      const stoppedBecause = `${hold.fromVersion} is rolled back to ${hold.toVersion}`;
      const after = await this.store.update(tx, batch.id, { state: 'stopped', stoppedBecause });
      stopped.push({ ...preemptedOf(batch), item: itemOfBatch(batch, after) });
    }
    return stopped;
  }

  /** Those on their way back bring nobody there any more; of those that wait for contract nobody shall be taken for good. */
  async #list(tx: Transaction, { serviceId, fromVersion }: HoldRecord, isLocked: boolean): Promise<BatchRow[]> {
    const rows = await this.store.listLeadingTo(tx, serviceId, fromVersion, isLocked);
    return rows.filter(({ state }) => STOPPABLE.has(state));
  }
}

const STOPPABLE: ReadonlySet<BatchRow['state']> = new Set(['running', 'paused', 'confirming', 'contracting']);

function preemptedOf({ id, serviceId, name, toVersion, wave }: BatchRow): Preempted {
  const where = wave === null ? 'before its first wave' : `in wave ${wave}`;
  return { kind: 'upgrade_batch', serviceId, id, detail: `“${name}” to ${toVersion}, ${where}` };
}
