import type { ChainService } from './lane-chain.ts';

/** Pixels. */
export const sizes = {
  entry: 176,
  column: 150,
  box: 130,
  boxHeight: 28,
  head: 22,
  laneY: 50,
  baseY: 108,
  band: 150,
  /** A band in which every call goes the same way needs no second track. */
  lowBand: 96,
} as const;

/** How far above the line of everybody else a call in the lane is drawn where it goes with them. */
const besideBase = 6;

export interface PlacedService {
  readonly service: ChainService;
  /** Middle of its boxes. */
  readonly x: number;
  /** Top of its band. */
  readonly top: number;
  /** Where everybody else goes along, from the top of the picture. */
  readonly baseY: number;
  /** Where a call in the lane goes along. */
  readonly laneY: number;
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
  const bands: PlacedService[][] = [];
  let top = 0;
  for (let from = 0; from < services.length; from += perBand) {
    const inBand = services.slice(from, from + perBand);
    // The first band has the entry beside it, which needs both tracks.
    const isLow = from > 0 && inBand.every(({ course }) => course === 'passes');
    bands.push(inBand.map((service, index) => place(service, index, top, isLow)));
    top += isLow ? sizes.lowBand : sizes.band;
  }
  return {
    width: sizes.entry + Math.min(perBand, Math.max(1, services.length)) * sizes.column,
    height: Math.max(top, sizes.band),
    placed: bands.flat(),
    basePaths: stretchesOf(bands, ({ baseY }) => baseY),
    lanePaths: stretchesOf(bands, ({ laneY }) => laneY),
  };
}

/** A call that passes through joins the others; one that is refused stays on its track and ends there. */
function place(service: ChainService, index: number, top: number, isLow: boolean): PlacedService {
  const baseY = top + (isLow ? sizes.laneY : sizes.baseY);
  return {
    service,
    x: sizes.entry + index * sizes.column + sizes.column / 2,
    top,
    baseY,
    laneY: service.course === 'passes' ? baseY - besideBase : top + sizes.laneY,
  };
}

function stretchesOf(bands: readonly PlacedService[][], yOf: (place: PlacedService) => number): Stretch[] {
  const half = sizes.column / 2;
  return bands.flatMap((band, index) =>
    band.map((one, at) => {
      const before = band[at - 1];
      const from = before ? before.x : index === 0 ? sizes.entry - 14 : sizes.entry - 40;
      const y = yOf(one);
      const fromY = before ? yOf(before) : y;
      const bend = fromY === y ? '' : ` L ${one.x - half - 8} ${fromY} L ${one.x - half + 8} ${y}`;
      // A line that leaves on the right goes on in the next band.
      const end = at === band.length - 1 && index < bands.length - 1 ? one.x + half : one.x;
      return {
        key: one.service.serviceId,
        path: `M ${from} ${fromY}${bend} L ${end} ${y}`,
        isCut: one.service.course === 'refused',
      };
    }),
  );
}
