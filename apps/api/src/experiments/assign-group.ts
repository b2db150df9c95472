import { assignRanges, type BucketRange } from '@grey/route-core';
import { ApiError } from '../infra/http/api-error.ts';
import { countOf } from './experiment-record.ts';

const WHOLE = 10_000;

/** What an experiment owns of its group. */
export interface GroupMember {
  /** Unique over all services. */
  readonly key: string;
  readonly ranges: readonly BucketRange[];
}

/**
 * Gives a member of a group its buckets: those it has as far as they are enough, the rest from what nobody owns. A stopped
 * experiment keeps its own, so that nobody has moved when it starts again.
 *
 * @param members all of the group, the one that asks among them unless it is new
 * @throws ApiError EXPERIMENT_GROUP_FULL
 */
export function assignGroup(members: readonly GroupMember[], key: string, share: number): readonly BucketRange[] {
  const others = members.filter((member) => member.key !== key);
  const taken = others.reduce((sum, member) => sum + countOf(member.ranges), 0);
  if (taken + share > WHOLE)
    throw new ApiError('EXPERIMENT_GROUP_FULL', { detail: `${WHOLE - taken} of ${WHOLE} buckets are left.` });
  const wanted = [...others.map((one) => ({ key: one.key, weight: countOf(one.ranges) })), { key, weight: share }];
  return assignRanges(members, wanted).find((owned) => owned.key === key)?.ranges ?? [];
}
