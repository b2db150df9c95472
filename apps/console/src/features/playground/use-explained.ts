import {
  buildSnapshot,
  createDecisionEnv,
  type DecisionRequest,
  type Explanation,
  explain,
  type SnapshotSource,
} from '@grey/route-core';
import { useMemo } from 'react';

/**
 * Decides in the browser. Instances are picked as a router would that has just started.
 * @param at milliseconds since 1970; absent: now
 * @param round another number draws anew where chance decides
 */
export function useExplained(
  source: SnapshotSource | undefined,
  request: DecisionRequest | undefined,
  at: number | undefined,
  round: number,
): Explanation | undefined {
  const snapshot = useMemo(() => source && buildSnapshot(source), [source]);
  return useMemo(() => {
    if (!snapshot || !request) return undefined;
    const env = createDecisionEnv(at === undefined ? {} : { now: () => at });
    return explain(snapshot, request, env);
  }, [snapshot, request, at, round]);
}
