import { ApiProblem } from '../../api/api-problem.ts';

/**
 * What a failed rollback means. `unknown`: it may be in force; the same request again, under the same key, has one effect.
 * `outdated`: it is not in force, a new plan is needed. `refused`: it is not in force and will not be.
 */
export type FailureKind = 'unknown' | 'outdated' | 'refused';

const outdated = new Set(['PRECONDITION_REQUIRED', 'PLAN_STALE', 'PLAN_EXPIRED', 'PLAN_TOKEN_INVALID']);
/** Refusals that answer with a status of the server's own. */
const saidByName = new Set(['NOT_DURABLE', 'SNAPSHOT_MISSING', 'DATABASE_UNAVAILABLE']);

export function judgeFailure(error: unknown): FailureKind {
  if (!(error instanceof ApiProblem)) return 'unknown';
  const { code, status } = error.problem;
  if (outdated.has(code)) return 'outdated';
  if (code === 'IDEMPOTENCY_IN_PROGRESS') return 'unknown';
  return status >= 500 && !saidByName.has(code) ? 'unknown' : 'refused';
}
