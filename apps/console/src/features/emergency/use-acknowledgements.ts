import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { listRouters } from '../../api/generated/grey.ts';
import type { Position, RollbackResult } from '../../api/generated/model/index.ts';
import { countAcknowledged } from './count-acknowledged.ts';

const rereadMs = 250;
/** The seconds go on visibly while somebody is missing. */
const tickMs = 100;

/**
 * Who has a position: what the answer knew already, then what the routers report, until all have it.
 * @param tookMs what had passed from pressing the button until the answer came: the clock that an operator means
 */
export function useAcknowledgements(
  position: Position | null,
  convergence: RollbackResult['convergence'],
  tookMs: number,
) {
  const isCompleteAtOnce = convergence !== null && convergence.applied >= convergence.total;
  const answeredAt = useRef(performance.now());
  const [elapsedMs, setElapsedMs] = useState(tookMs);
  const routers = useQuery({
    queryKey: ['routers', 'acknowledging', position],
    queryFn: ({ signal }) => listRouters({ signal }),
    enabled: position !== null && !isCompleteAtOnce,
    gcTime: 0,
    retry: false,
    refetchInterval: ({ state: { data } }) =>
      position !== null && data && countAcknowledged(data.items, position).missing.length === 0 ? false : rereadMs,
  });
  const reported = position !== null && routers.data ? countAcknowledged(routers.data.items, position) : undefined;
  const isComplete = isCompleteAtOnce || reported?.missing.length === 0;
  useEffect(() => {
    if (isComplete || position === null) return;
    const timer = setInterval(() => setElapsedMs(tookMs + performance.now() - answeredAt.current), tickMs);
    return () => clearInterval(timer);
  }, [isComplete, position, tookMs]);
  return {
    applied: reported?.applied ?? convergence?.applied ?? 0,
    total: reported?.total ?? convergence?.total ?? 0,
    missing: reported?.missing.map(({ id, host }) => `${id} (${host})`) ?? convergence?.missing ?? [],
    elapsedMs,
    isComplete,
  };
}
