import type { Lane, Service } from '../../api/generated/model/index.ts';

/** `named`: the lane has a version; `passes`: decided as without the lane; `refused`: a call in the lane is refused. */
export type LaneCourse = 'named' | 'passes' | 'refused';

export interface ChainService {
  readonly serviceId: string;
  readonly course: LaneCourse;
  /** What a call in the lane gets; null where it is refused, or where neither lane nor default has a version. */
  readonly laneVersion: string | null;
  /** What everybody else gets by default, with shares where it is a split; null: no default. */
  readonly base: string | null;
  /** The service is not declared (any more). */
  readonly isUnknown: boolean;
}

type ServiceFacts = Pick<Service, 'id' | 'defaultVersions'>;

/** More services than this that the lane does not name are only counted: the picture is of the lane. */
const shownOthers = 20;

export interface LaneChain {
  readonly services: readonly ChainService[];
  /** Services that the lane does not name and that are not shown one by one. */
  readonly moreCount: number;
}

/** The services of a lane in its order, then those that it does not name. */
export function chainOf(lane: Pick<Lane, 'mode' | 'versions'>, services: readonly ServiceFacts[]): LaneChain {
  const byId = new Map(services.map((service) => [service.id, service]));
  const named = lane.versions.map(({ serviceId, version }): ChainService => {
    const known = byId.get(serviceId);
    return { serviceId, course: 'named', laneVersion: version, base: known ? baseOf(known) : null, isUnknown: !known };
  });
  const names = new Set(lane.versions.map(({ serviceId }) => serviceId));
  const rest = services.filter(({ id }) => !names.has(id));
  const shown = rest.slice(0, Math.max(0, shownOthers - named.length));
  const others = shown.map((service): ChainService => {
    const base = baseOf(service);
    const course = lane.mode === 'strict' ? 'refused' : 'passes';
    return { serviceId: service.id, course, laneVersion: course === 'passes' ? base : null, base, isUnknown: false };
  });
  return { services: [...named, ...others], moreCount: rest.length - shown.length };
}

function baseOf({ defaultVersions }: ServiceFacts): string | null {
  if (defaultVersions.length === 0) return null;
  if (defaultVersions.length === 1) return defaultVersions[0]?.version ?? null;
  return defaultVersions.map(({ version, weight }) => `${version} ${weight / 100} %`).join(' · ');
}
