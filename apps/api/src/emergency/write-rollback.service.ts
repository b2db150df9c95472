import type { Actor, RollbackPlan } from '@grey/contracts';
import type { HoldRecord, ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { FreezesGuard } from '../freezes/freezes.guard.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import { itemOfHold } from '../holds/hold-view.ts';
import { HoldsService } from '../holds/holds.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ServiceRecords } from '../services/service-records.ts';
import type { Override } from './override.ts';
import { assertFollows } from './plan-rollback.ts';
import { PreEmption, type Stopped, stoppedBy } from './pre-emption.ts';
import { RollbacksStore } from './rollbacks.store.ts';

/** Objections of freezes that the log names. */
const NOTED = 100;

/** What a rollback is written with, beside its hold. */
export interface RollbackNote {
  readonly actor: Actor;
  readonly reason: string;
  readonly operatorId: string | null;
  readonly takenAt?: string;
  readonly affectedCount: number;
  readonly leftOut: RollbackPlan['leftOut'];
  readonly isRollbackOfRollbackAllowed: boolean;
  /** What the log keeps of it besides, for people. */
  readonly noted: Record<string, unknown>;
}

export interface WrittenRollback {
  readonly items: readonly ItemDraft[];
  readonly services: readonly ServiceRecord[];
  readonly stopped: readonly Stopped[];
}

/** Writes a rollback in a transaction: the hold, where its bookkeeping begins, and what it stops. */
@Injectable()
export class WriteRollbackService {
  constructor(
    private readonly store: RollbacksStore,
    private readonly holds: HoldsService,
    private readonly services: ServiceRecords,
    private readonly preEmption: PreEmption,
    private readonly freezes: FreezesGuard,
  ) {}

  /** @throws ApiError HOLD_CYCLE, ROLLBACK_OF_ROLLBACK, VERSION_UNKNOWN, VERSION_RETIRED */
  async write(tx: Transaction, changeKey: string, hold: HoldRecord, note: RollbackNote): Promise<WrittenRollback> {
    const { serviceId } = hold;
    assertFollows(await this.holds.lockActive(tx, serviceId), hold, note.isRollbackOfRollbackAllowed);
    await this.services.holdVersions(tx, serviceId, [hold.toVersion]);
    return this.#insert(tx, changeKey, hold, note);
  }

  /** The same for one that is in force already, unless the log has it. @throws ApiError HOLD_CYCLE */
  async writeOverride(tx: Transaction, changeKey: string, override: Override): Promise<WrittenRollback> {
    const { hold, actor, reason, operatorId, at, answer } = override;
    const existing = await this.holds.lockActive(tx, hold.serviceId);
    if ((await this.holds.find(tx, hold.id)) !== undefined) return { items: [], services: [], stopped: [] };
    assertFollows(existing, hold, true);
    const { affectedCount, leftOut, durability } = answer;
    const frozen = await this.freezes.recall(tx, movesOf(hold), Date.parse(at));
    const overridden = frozen.slice(0, NOTED).map(({ tenantId, detail }) => ({ tenantId, detail }));
    const noted = {
      affectedCount,
      takenAt: at,
      durability,
      ...(leftOut.length === 0 ? {} : { leftOut }),
      ...(overridden.length === 0 ? {} : { overridden }),
    };
    const known = { actor, reason, operatorId, takenAt: at, affectedCount, leftOut };
    const note = { ...known, isRollbackOfRollbackAllowed: true, noted };
    return this.#insert(tx, changeKey, hold, note);
  }

  async #insert(tx: Transaction, changeKey: string, hold: HoldRecord, note: RollbackNote): Promise<WrittenRollback> {
    const row = await this.holds.insert(tx, hold, note);
    await this.store.insert(tx, hold.id, changeKey, note.affectedCount);
    const stopped = await this.preEmption.preempt(tx, stoppedBy(hold, note.leftOut));
    return {
      items: [itemOfHold(row, true, note.noted), ...stopped.map(({ item }) => item)],
      services: stopped.length === 0 ? [] : [await this.services.read(tx, hold.serviceId)],
      stopped,
    };
  }
}

/** Whom a hold is for, as guards see it. */
function movesOf({ scope, serviceId, fromVersion, toVersion }: HoldRecord): VersionMove[] {
  const tenantIds = scope.kind === 'tenants' ? scope.tenantIds : [null];
  return tenantIds.map((tenantId) => ({ tenantId, serviceId, fromVersion, toVersion }));
}
