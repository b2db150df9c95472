import type { Actor } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { followRecords } from '../holds/follow-records.ts';
import type { HoldRow } from '../holds/hold-row.ts';
import { HoldsService } from '../holds/holds.service.ts';
import { readActiveHolds } from '../infra/db/read-holds.ts';
import { type CellRewrite, RollbacksStore } from './rollbacks.store.ts';

/** Assignments in one change: small enough that an emergency never waits behind one. */
const PORTION = 500;
const ACTOR: Actor = { kind: 'system', id: 'emergency', name: 'Emergency rollback' };

/**
 * Brings assignments in line with a hold after it took effect, a portion at a time. A portion and how far it came are one
 * transaction, so that whoever takes over after a kill goes on where it stopped. It changes nobody's version: an assignment
 * is rewritten to where all holds together lead its tenant already.
 */
@Injectable()
export class RewriteAssignmentsService {
  constructor(
    private readonly store: RollbacksStore,
    private readonly holds: HoldsService,
    private readonly changes: ChangesService,
  ) {}

  /** One portion. @returns whether there is more to do */
  async rewriteSome(holdId: string): Promise<boolean> {
    const request = { kind: 'assignments.rewritten', actor: ACTOR, reason: `In line with hold ${holdId}` } as const;
    const answer = await this.changes.commit<boolean>(request, async (tx) => {
      const rollback = await this.store.lock(tx, holdId);
      const hold = await this.holds.find(tx, holdId);
      if (rollback?.state !== 'rewriting' || hold === undefined) return { items: [], answer: () => false };
      if (hold.liftedAt !== null) {
        await this.store.setState(tx, holdId, 'stopped');
        return { items: [], answer: () => false };
      }
      const { serviceId, fromVersion: version, scope } = hold;
      const range = { serviceId, version, scope, after: rollback.afterTenant };
      const totalCount = rollback.totalCount ?? (await this.store.countCells(tx, range));
      const cells = await this.store.lockCells(tx, range, PORTION);
      const holds = await readActiveHolds(tx, serviceId);
      const rewrites = cells.map((cell): CellRewrite => {
        const path = followRecords(holds, cell.version, { id: cell.tenantId, tags: cell.tags });
        return { ...cell, fromVersion: cell.version, toVersion: path.at(-1) as string };
      });
      await this.store.writeCells(tx, serviceId, rewrites);
      const isDone = cells.length < PORTION;
      const afterTenant = cells.at(-1)?.tenantId ?? rollback.afterTenant;
      await this.store.advance(tx, holdId, rewrites, { totalCount, afterTenant, isDone });
      return { items: rewrites.map((one) => itemOfRewrite(hold, one)), answer: () => !isDone };
    });
    return answer as boolean;
  }
}

/** A rewritten assignment as the log keeps it. */
export function itemOfRewrite({ serviceId }: Pick<HoldRow, 'serviceId'>, cell: CellRewrite): ItemDraft {
  const { tenantId, isPinned } = cell;
  return {
    entity: 'assignment',
    tenantId,
    serviceId,
    key: `${tenantId}/${serviceId}`,
    before: { version: cell.fromVersion, isPinned },
    after: { version: cell.toVersion, isPinned },
  };
}
