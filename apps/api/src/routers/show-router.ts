import type { Position, Router } from '@grey/contracts';
import type { RouterReport } from '@grey/propagation';

type Shown = Pick<Router, 'id' | 'kind' | 'host' | 'region' | 'startedAt' | 'reportedAt' | 'position' | 'behind'>;

/** What a router said of itself, for those who ask. @param end of the log, as far as it is known here */
export function showRouter(report: RouterReport, end: Position | null): Shown {
  const { id, kind, host, region, startedAt, position, at } = report;
  const isComparable = position !== null && position.epoch === end?.epoch;
  return {
    id,
    kind,
    host,
    region,
    startedAt: new Date(startedAt).toISOString(),
    reportedAt: new Date(at).toISOString(),
    position,
    behind: isComparable ? Math.max(0, end.revision - position.revision) : null,
  };
}
