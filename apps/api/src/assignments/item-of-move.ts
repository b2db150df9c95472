import type { PlannedMove } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { cellKey } from './plan-cells.ts';

/** A move as the log keeps it. */
export function itemOfMove(move: PlannedMove): ItemDraft {
  const { tenantId, serviceId, fromVersion, fromPinned, toVersion, toPinned } = move;
  return {
    entity: 'assignment',
    tenantId,
    serviceId,
    key: cellKey(tenantId, serviceId),
    before: fromVersion === null ? null : { version: fromVersion, isPinned: fromPinned },
    after: toVersion === null ? null : { version: toVersion, isPinned: toPinned },
  };
}
