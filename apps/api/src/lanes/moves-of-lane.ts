import type { LaneState } from '../changes/delta-of-items.ts';
import { tenantsOf } from '../guards/tenants-of.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';

interface Lane extends Pick<LaneState, 'versions'> {
  readonly entry?: LaneState['entry'] | undefined;
}

/**
 * What a lane does to everybody who may enter it. Its versions answer together, so all of them are moves when one is new:
 * a guard has to see the set. What the lane no longer names is left to whatever chooses then. Another entry moves those
 * who may meet one of the two.
 *
 * @param before undefined: there was none @param after undefined: it is deleted
 */
export function movesOfLane(before: Lane | undefined, after: Lane | undefined): VersionMove[] {
  const had = before?.versions ?? [];
  const has = after?.versions ?? [];
  const known = new Set(had.map(keyOf));
  const named = new Set(has.map(({ serviceId }) => serviceId));
  const entering = has.every((one) => known.has(keyOf(one)))
    ? []
    : has.map(({ serviceId, version }) => ({ tenantId: null, serviceId, fromVersion: null, toVersion: version }));
  const gone = had.filter(({ serviceId }) => !named.has(serviceId)).map(({ serviceId }) => leave(null, serviceId));
  if (before === undefined || after === undefined || entering.length > 0) return [...entering, ...gone];
  const tenantIds = isSame(before.entry ?? null, after.entry ?? null) ? [] : entrantsOf(before, after);
  return [...gone, ...tenantIds.flatMap((tenantId) => has.map(({ serviceId }) => leave(tenantId, serviceId)))];
}

/** Whom another entry can let in or out; null: everybody. */
function entrantsOf(before: Lane, after: Lane): readonly (string | null)[] {
  const lists = [before, after].map(({ entry }) => (entry == null ? [] : tenantsOf(entry.when)));
  return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : [null];
}

function leave(tenantId: string | null, serviceId: string): VersionMove {
  return { tenantId, serviceId, fromVersion: null, toVersion: null };
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function keyOf({ serviceId, version }: Lane['versions'][number]): string {
  return `${serviceId}/${version}`;
}
