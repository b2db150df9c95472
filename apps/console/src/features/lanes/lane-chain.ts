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

export const sizes = {
  entry: 176,
  column: 150,
  box: 130,
  boxHeight: 28,
  head: 22,
  laneY: 50,
  baseY: 108,
  band: 150,
} as const;

export interface PlacedService {
  readonly service: ChainService;
  /** Middle of its boxes. */
  readonly x: number;
  /** Top of its band. */
  readonly top: number;
}

export interface ChainLayout {
  readonly width: number;
  readonly height: number;
  readonly placed: readonly PlacedService[];
  /** From service to service: of everybody else, and of a call in the lane. */
  readonly basePaths: readonly Stretch[];
  readonly lanePaths: readonly Stretch[];
}

/** An SVG path to one service. `isCut`: nobody gets through there. */
export interface Stretch {
  readonly key: string;
  readonly path: string;
  readonly isCut: boolean;
}

/** Places the services in bands as wide as the page: twenty of them take three lines on a desk, not a scroll bar. */
export function layOut(services: readonly ChainService[], width: number): ChainLayout {
  const perBand = Math.max(1, Math.floor((width - sizes.entry) / sizes.column));
  const placed = services.map((service, index) => ({
    service,
    x: sizes.entry + (index % perBand) * sizes.column + sizes.column / 2,
    top: Math.floor(index / perBand) * sizes.band,
  }));
  const bandCount = Math.max(1, Math.ceil(services.length / perBand));
  const bands = Array.from({ length: bandCount }, (_, band) => placed.slice(band * perBand, (band + 1) * perBand));
  return {
    width: sizes.entry + Math.min(perBand, Math.max(1, services.length)) * sizes.column,
    height: bandCount * sizes.band,
    placed,
    basePaths: bands.flatMap((band, index) => stretchesOf(band, index, () => sizes.baseY, bandCount)),
    lanePaths: bands.flatMap((band, index) => stretchesOf(band, index, ({ course }) => laneYOf(course), bandCount)),
  };
}

/** A call that passes through joins the others; one that is refused stays on its track and ends there. */
export const laneYOf = (course: LaneCourse): number => (course === 'passes' ? sizes.baseY - 6 : sizes.laneY);

function stretchesOf(
  band: readonly PlacedService[],
  index: number,
  yOf: (service: ChainService) => number,
  bandCount: number,
): Stretch[] {
  const half = sizes.column / 2;
  const last = band.at(-1);
  return band.map((place, at) => {
    const { service, x, top } = place;
    const before = band[at - 1];
    const from = before ? before.x : index === 0 ? sizes.entry - 14 : sizes.entry - 40;
    const y = yOf(service);
    const fromY = before ? yOf(before.service) : y;
    const bend = fromY === y ? '' : ` L ${x - half - 8} ${top + fromY} L ${x - half + 8} ${top + y}`;
    // A line that leaves on the right goes on in the next band.
    const end = place === last && index < bandCount - 1 ? x + half : x;
    return {
      key: service.serviceId,
      path: `M ${from} ${top + fromY}${bend} L ${end} ${top + y}`,
      isCut: service.course === 'refused',
    };
  });
}
