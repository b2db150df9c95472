import type { AssignmentRecord, LaneRecord, RuleRecord, ServiceRecord, TenantRecord } from '../records.ts';
import { type Asked, bucketIn, matching, mayEnter, ownerOf, unitOf, variantOf } from './oracle-routing.ts';

interface Model {
  readonly tenants: ReadonlyMap<string, TenantRecord>;
  readonly assignments: ReadonlyMap<string, AssignmentRecord>;
  readonly lanes: ReadonlyMap<string, LaneRecord>;
}

/** What chose the version, and what it says of itself. */
export interface Choice {
  version?: string;
  reason: string;
  refusal?: string;
  bucket?: number | null;
  rule?: RuleRecord;
  experiment?: { id: string; variant: string };
  lane?: LaneRecord;
}

export const cell = (key: { tenantId: string; serviceId: string }): string => `${key.tenantId} @ ${key.serviceId}`;

/** Pinned, lane, rule, experiment, assignment, default: the first that says anything. */
export function chooseVersion(model: Model, service: ServiceRecord, asked: Asked): Choice {
  const { tenantId } = asked;
  const isKnown = model.tenants.has(tenantId);
  const assigned = isKnown ? model.assignments.get(cell({ tenantId, serviceId: service.id })) : undefined;
  const otherwise = isKnown ? 'DEFAULT' : 'UNKNOWN_TENANT_DEFAULT';
  const sorted = [...model.lanes.values()].sort((x, y) => (x.tag < y.tag ? -1 : 1));
  const tag = asked.metadata.tag as string | undefined;
  const versionIn = (l: LaneRecord): string | undefined => l.versions.find((v) => v.serviceId === service.id)?.version;
  let lane = tag ? model.lanes.get(tag) : sorted.find((l) => mayEnter(l, service.id, asked));
  const inLane = (): { lane?: LaneRecord } => (lane ? { lane } : {});
  if (assigned?.isPinned) return { version: assigned.version, reason: 'PINNED', ...inLane() };
  if (lane && versionIn(lane) !== undefined) return { version: versionIn(lane)!, reason: 'LANE', lane };
  if (lane?.mode === 'strict') return { refusal: 'LANE_NOT_SERVED', reason: 'LANE' };
  for (const rule of matching(service.ruleSet, asked)) {
    const { target } = rule;
    const reason = 'RULE';
    if (target.kind === 'version') return { version: target.version, reason, rule, ...inLane() };
    if (target.kind === 'lane') {
      const entered = model.lanes.get(target.tag);
      if (!entered || (lane && lane !== entered)) continue;
      lane = entered;
      if (versionIn(lane) !== undefined) return { version: versionIn(lane)!, reason, rule, lane };
      if (lane.mode === 'strict') return { refusal: 'LANE_NOT_SERVED', reason };
      continue;
    }
    const { salt, shares, unit, whenMissing } = target.split;
    const own = unitOf(unit, asked) || (whenMissing === 'tenant' ? tenantId : '');
    if (own === '' && whenMissing === 'skip') continue;
    const bucket = own === '' ? Math.floor(asked.random() * 10_000) : bucketIn(salt, own);
    const share = ownerOf(shares, bucket);
    if (share) return { version: share.version, reason, rule, bucket, ...inLane() };
  }
  for (const experiment of [...(service.experiments ?? [])].sort((x, y) => (x.id < y.id ? -1 : 1))) {
    const found = variantOf(experiment, asked);
    if (!found) continue;
    const { bucket, variant } = found;
    const taken = { id: experiment.id, variant: variant.name };
    return { version: variant.version, reason: 'EXPERIMENT', experiment: taken, bucket, ...inLane() };
  }
  if (assigned) return { version: assigned.version, reason: 'ASSIGNMENT', ...inLane() };
  if (service.defaults.length < 2) {
    const only = service.defaults[0]?.version;
    return only === undefined ? { reason: otherwise } : { version: only, reason: otherwise, ...inLane() };
  }
  const { userId, sessionId } = asked.metadata as { userId?: string; sessionId?: string };
  const bucket = bucketIn(service.id, userId || sessionId || tenantId);
  const version = ownerOf(withRanges(service.defaults), bucket)?.version ?? heaviestOf(service)!;
  return { version, reason: isKnown ? 'DEFAULT_SPLIT' : otherwise, bucket, ...inLane() };
}

export function heaviestOf(service: ServiceRecord): string | undefined {
  return service.defaults.toSorted((x, y) => y.weight - x.weight)[0]?.version;
}

/** Where nobody owns buckets, each owns as many as its weight, one after the other. */
function withRanges(defaults: ServiceRecord['defaults']) {
  if (defaults.some((d) => d.ranges)) return defaults.map((d) => ({ ...d, ranges: d.ranges ?? [] }));
  let end = 0;
  return defaults.map((d) => {
    end += d.weight;
    return { ...d, ranges: [[end - d.weight, end] as const] };
  });
}
