import { useQuery } from '@tanstack/react-query';
import { ApiProblem } from '../../api/api-problem.ts';
import { getHold, getRollback } from '../../api/generated/grey.ts';

/** While assignments are brought in line, no more often than somebody can read. */
const rereadMs = 1_000;

/** A hold with the bookkeeping of the rollback that made it; a hold without one has no progress. */
export function useHold(holdId: string, isEnabled = true) {
  const hold = useQuery({
    queryKey: ['hold', holdId],
    queryFn: ({ signal }) => getHold(holdId, { signal }),
    enabled: isEnabled,
  });
  const rollback = useQuery({
    queryKey: ['rollback', holdId],
    queryFn: ({ signal }) =>
      getRollback(holdId, { signal }).catch((error) => {
        if (error instanceof ApiProblem && error.code === 'HOLD_UNKNOWN') return null;
        throw error;
      }),
    enabled: isEnabled,
    refetchInterval: ({ state: { data } }) => (data?.state === 'rewriting' ? rereadMs : false),
  });
  return { hold, rollback };
}
