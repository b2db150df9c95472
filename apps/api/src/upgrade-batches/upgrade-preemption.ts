import type { Actor } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { PreEmption, type Preempted, type Preemptible, type Stopped } from '../emergency/pre-emption.ts';
import { isHeld } from '../holds/follow-records.ts';
import type { Transaction } from '../infra/db/database.ts';
import type { UpgradeRow } from '../upgrades/upgrade-row.ts';
import { itemOfUpgrade, Upgrades } from '../upgrades/upgrades.ts';
import { BatchMembersStore } from './batch-members.store.ts';

export const EMERGENCY: Actor = { kind: 'system', id: 'emergency', name: 'Emergency rollback' };

/**
 * Aborts upgrades to a version that is rolled back, in any state before the point of no return: the hold has led the route
 * away already, and the way back brings assignment and schema to where they were. The bookkeeping of the hold and the way
 * back meet at the assignment: whichever comes second finds it done.
 */
@Injectable()
export class UpgradePreemption implements Preemptible {
  readonly name = 'upgrades';

  constructor(
    private readonly upgrades: Upgrades,
    private readonly members: BatchMembersStore,
    preEmption: PreEmption,
  ) {
    preEmption.register(this);
  }

  async find(tx: Transaction, hold: HoldRecord): Promise<Preempted[]> {
    return (await this.#list(tx, hold)).map(preemptedOf);
  }

  async preempt(tx: Transaction, hold: HoldRecord): Promise<Stopped[]> {
    const rows = await this.#list(tx, hold);
    if (rows.length === 0) return [];
    const reason = `${hold.fromVersion} is rolled back to ${hold.toVersion}`;
    const { granted } = await this.upgrades.requestAbort(
      tx,
      rows.map(({ id }) => id),
      reason,
      EMERGENCY,
    );
    const stopped = new Set(granted);
    return rows
      .filter(({ id }) => stopped.has(id))
      .map((row) => ({
        ...preemptedOf(row),
        item: itemOfUpgrade(
          row,
          { state: row.state },
          { state: row.state === 'queued' ? 'aborted' : 'aborting', reason },
        ),
      }));
  }

  /** Those that are on their way back are no longer on their way there. */
  async #list(tx: Transaction, hold: HoldRecord): Promise<UpgradeRow[]> {
    const active = (await this.upgrades.listActive(tx, hold.serviceId, hold.fromVersion)).filter(
      ({ state, isPastReturn, endsAs }) => state !== 'aborting' && endsAs === null && !isPastReturn,
    );
    if (active.length === 0 || hold.scope.kind === 'all') return active;
    const tags = await this.members.readTags(
      tx,
      active.map(({ tenantId }) => tenantId),
    );
    return active.filter(({ tenantId }) => isHeld(hold, { id: tenantId, tags: tags.get(tenantId) ?? [] }));
  }
}

function preemptedOf({ id, serviceId, tenantId, toVersion, state }: UpgradeRow): Preempted {
  return { kind: 'upgrade', serviceId, id, detail: `${tenantId} to ${toVersion}, ${state}` };
}
