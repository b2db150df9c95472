import type { Position, Router } from '../../api/generated/model/index.ts';

export interface Acknowledged {
  readonly applied: number;
  readonly total: number;
  /** Routers that have not reported the position, by host and id. */
  readonly missing: readonly Pick<Router, 'id' | 'host'>[];
}

/** How many routers have a position of the log, by what they reported. */
export function countAcknowledged(routers: readonly Router[], { epoch, revision }: Position): Acknowledged {
  const missing = routers.filter(
    ({ position }) => position === null || position.epoch !== epoch || position.revision < revision,
  );
  return {
    applied: routers.length - missing.length,
    total: routers.length,
    missing: missing.map(({ id, host }) => ({ id, host })),
  };
}
