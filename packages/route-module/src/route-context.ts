import type { LanePosition } from '@grey/lanes';
import type { Decision, DecisionEnv, DecisionRequest, Snapshot } from '@grey/route-core';
import type { Trust } from './judge-request.ts';
import type { RouteMetrics } from './route-metrics.ts';

/** What the handlers of the endpoints share. */
export interface RouteContext extends Trust {
  readonly getSnapshot: () => Snapshot | undefined;
  /** An earlier snapshot by its position; undefined: not kept. */
  readonly getSnapshotAt: (position: LanePosition) => Snapshot | undefined;
  readonly env: DecisionEnv;
  readonly metrics: RouteMetrics;
  readonly timestamp: () => string;
  /** Called with every decision of /route and /route/batch; it must neither throw nor take long. */
  readonly onDecided?: ((request: DecisionRequest, decision: Decision) => void) | undefined;
}
