import { useQuery } from '@tanstack/react-query';
import { ApiProblem } from '../../api/api-problem.ts';
import { getHold, getRollback } from '../../api/generated/grey.ts';

/** Until the log has a hold that was taken without PostgreSQL. */
const awaitMs = 2_000;
/** While assignments are brought in line, no more often than somebody can read. */
const rereadMs = 1_000;

/** A hold with the bookkeeping of the rollback that made it; a hold without one has no progress. */
export function useHold(holdId: string, isEnabled = true) {
  const hold = useQuery({
    queryKey: ['hold', holdId],
    queryFn: ({ signal }) => getHold(holdId, { signal }),
    enabled: isEnabled,
    refetchInterval: ({ state: { error } }) => (isUnknown(error) ? awaitMs : false),
  });
  const rollback = useQuery({
    queryKey: ['rollback', holdId],
    queryFn: ({ signal }) =>
      getRollback(holdId, { signal }).catch((error) => {
        if (isUnknown(error)) return null;
        throw error;
      }),
    enabled: isEnabled && hold.isSuccess,
    refetchInterval: ({ state: { data } }) => (data?.state === 'rewriting' ? rereadMs : false),
  });
  return { hold, rollback };
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'HOLD_UNKNOWN';
}
