import type { LiftPlan } from '@grey/contracts';
import { ApiProblem } from '../../api/api-problem.ts';
import { liftHold, undoRollback } from '../../api/generated/grey.ts';

export const ways = { lift: liftHold, undo: undoRollback } as const;
/** `lift`: only the hold goes. `undo`: what bookkeeping wrote is written back with it. */
export type Manner = keyof typeof ways;

/**
 * What lifting would do. The API answers whoever brings no token with the plan and keeps nothing of the request, its reason
 * included.
 */
export async function planLift(holdId: string, manner: Manner, signal: AbortSignal): Promise<LiftPlan> {
  try {
    await ways[manner](holdId, { reason: 'plan' }, {}, { signal });
  } catch (error) {
    // The contract leaves the plan of a problem to the operation.
    if (error instanceof ApiProblem && error.code === 'PRECONDITION_REQUIRED') return error.problem.plan as LiftPlan;
    throw error;
  }
  throw new Error('a hold was lifted without a plan');
}
