import type { Objection, Refusal } from '@grey/contracts';
import { cellKey, type Evaluation } from './plan-cells.ts';

/** Takes the cells out of what moves that somebody objects to; one refusal each, in the words of the first objection. */
export function refuseCells(evaluation: Evaluation, objections: readonly Objection[]): Evaluation {
  const refused = new Map<string, Refusal>();
  for (const { tenantId, serviceId, code, detail, mend, isOverridable } of objections) {
    if (tenantId === null) continue;
    const key = cellKey(tenantId, serviceId);
    if (!refused.has(key)) refused.set(key, { tenantId, serviceId, code, message: detail, mend, isOverridable });
  }
  return {
    moves: evaluation.moves.filter(({ tenantId, serviceId }) => !refused.has(cellKey(tenantId, serviceId))),
    refusals: [...evaluation.refusals, ...refused.values()],
    noopCount: evaluation.noopCount,
  };
}
