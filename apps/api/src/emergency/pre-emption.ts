import type { RollbackPlan } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';

/** Something that was on its way to the version that is rolled back, in the words of the operator. */
export interface Preempted {
  readonly kind: string;
  readonly serviceId: string;
  readonly id: string;
  readonly detail: string;
}

/** What was stopped, with its entry in the log. */
export interface Stopped extends Preempted {
  readonly item: ItemDraft;
}

/**
 * A kind of thing that moves tenants by itself: experiments, releases, upgrades. Whatever state it is in, an emergency
 * rollback stops it when it would bring tenants of the scope to the version that is left.
 */
export interface Preemptible {
  readonly name: string;
  /** What `preempt` would stop; changes nothing. */
  find(tx: Transaction, hold: HoldRecord): Promise<readonly Preempted[]>;
  /**
   * Stops it in this transaction. What is stopped stays stopped until somebody starts it again; called a second time it
   * finds nothing.
   */
  preempt(tx: Transaction, hold: HoldRecord): Promise<readonly Stopped[]>;
}

/**
 * Whom a rollback stops upgrades of: also of those whom its hold leaves out because the target cannot serve their schema. Between the
 * fence and contract that is so, and they can still be taken back; left alone they would contract to the version that is
 * left. Pure.
 */
export function stoppedBy(hold: HoldRecord, leftOut: RollbackPlan['leftOut']): HoldRecord {
  const beyond = leftOut.filter(({ code }) => code === 'BEYOND_HORIZON').map(({ tenantId }) => tenantId);
  if (hold.scope.kind !== 'tenants' || beyond.length === 0) return hold;
  return { ...hold, scope: { kind: 'tenants', tenantIds: [...new Set([...hold.scope.tenantIds, ...beyond])] } };
}

/** Everything that an emergency stops. Features that move tenants register here, and pass the contract test. */
@Injectable()
export class PreEmption {
  readonly #preemptibles: Preemptible[] = [];

  register(preemptible: Preemptible): void {
    this.#preemptibles.push(preemptible);
  }

  async find(tx: Transaction, hold: HoldRecord): Promise<Preempted[]> {
    const found: Preempted[] = [];
    for (const one of this.#preemptibles) found.push(...(await one.find(tx, hold)));
    return found;
  }

  /** In the order of registration. */
  async preempt(tx: Transaction, hold: HoldRecord): Promise<Stopped[]> {
    const stopped: Stopped[] = [];
    for (const one of this.#preemptibles) stopped.push(...(await one.preempt(tx, hold)));
    return stopped;
  }
}
