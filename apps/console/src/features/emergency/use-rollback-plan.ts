import { useQuery } from '@tanstack/react-query';
import { planRollback } from '../../api/generated/grey.ts';
import type { PlanRollback } from '../../api/generated/model/index.ts';

/** What a rollback would do, asked as soon as everything is said: asking changes nothing. */
export function useRollbackPlan(wish: PlanRollback | undefined, isEnabled: boolean) {
  return useQuery({
    queryKey: ['rollback-plan', wish],
    queryFn: ({ signal }) => planRollback(wish as PlanRollback, { signal }),
    enabled: wish !== undefined && isEnabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
}
