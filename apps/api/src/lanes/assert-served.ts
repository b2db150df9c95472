import type { LaneState } from '../changes/delta-of-items.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { LaneEntry } from './lanes.store.ts';

/**
 * A strict lane refuses what it does not name, so a rule that leads a service into it needs a version there: publishing
 * such a rule is refused, and taking the version from under one that is live would refuse every request it matches.
 *
 * @param entries live rules that lead into any lane
 * @throws ApiError LANE_REFERENCED with the rules of services that the lane would refuse
 */
export function assertServed(tag: string, { mode, versions }: LaneState, entries: readonly LaneEntry[]): void {
  if (mode !== 'strict') return;
  const served = new Set(versions.map(({ serviceId }) => serviceId));
  const refused = entries.filter((entry) => entry.tag === tag && !served.has(entry.serviceId));
  if (refused.length === 0) return;
  const rules = refused.map(({ ruleId, serviceId }) => `${ruleId} of ${serviceId}`).join(', ');
  throw new ApiError('LANE_REFERENCED', {
    detail: `A strict lane refuses services that it does not name, and these rules lead into it: ${rules}.`,
    references: refused.map(({ serviceId, ruleId }) => ({ kind: 'rule', serviceId, ruleId })),
  });
}
