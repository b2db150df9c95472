import {
  buildSnapshot,
  createReplayEnv,
  type DecisionRequest,
  decide,
  type Explanation,
  explain,
  type SnapshotSource,
} from '@grey/route-core';
import { useMemo } from 'react';

export interface Explained extends Explanation {
  /** What other draws give, most frequent first; one entry where chance takes no part. */
  readonly tries: readonly { readonly answer: string; readonly count: number }[];
}

const tryCount = 64;

/**
 * Decides in the browser, with an instance picked as a router would that has just started.
 * @param at milliseconds since 1970; absent: now
 * @param round what chance is seeded by: the same address gives the same answer to everybody, another round another draw
 */
export function useExplained(
  source: SnapshotSource | undefined,
  request: DecisionRequest | undefined,
  at: number | undefined,
  round: number,
): Explained | undefined {
  const snapshot = useMemo(() => source && buildSnapshot(source), [source]);
  return useMemo(() => {
    if (!snapshot || !request) return undefined;
    const now = at ?? Date.now();
    const counts = new Map<string, number>();
    for (let index = 0; index < tryCount; index++) {
      // A fresh one each time: where balancers stand is no chance.
      const { env, begin } = createReplayEnv(round);
      begin(index, now);
      const decision = decide(snapshot, request, env);
      const answer = decision.ok ? decision.version : decision.code;
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
    const { env, begin } = createReplayEnv(round);
    begin(0, now);
    const tries = [...counts].map(([answer, count]) => ({ answer, count })).sort((a, b) => b.count - a.count);
    return { ...explain(snapshot, request, env), tries };
  }, [snapshot, request, at, round]);
}
