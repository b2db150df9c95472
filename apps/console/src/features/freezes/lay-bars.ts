import { placeIn, type Week } from './calendar-days.ts';

/** A time in which a freeze is in force; `end` is infinite when it has none. */
export interface Span {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** A span within one week: `from` and `to` in days from the week's beginning. */
export interface Bar extends Span {
  readonly from: number;
  readonly to: number;
  /** Row within the week, from 0: bars of one row do not touch. */
  readonly lane: number;
  /** It began before the week, or goes on after it. */
  readonly isOpenStart: boolean;
  readonly isOpenEnd: boolean;
}

/** A bar takes at least this many days of its row, so that its name can be read. */
const leastDays = 1;

/** Lays spans out as bars of a week: earlier ones first, longer ones above shorter ones. */
export function layBars(week: Week, spans: readonly Span[]): Bar[] {
  const [first, last] = [week.bounds[0] ?? 0, week.bounds[7] ?? 0];
  const inside = spans
    .filter(({ start, end }) => start < last && end > first)
    .sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
  const freeFrom: number[] = [];
  return inside.map(({ id, start, end }) => {
    const from = placeIn(week, start);
    const to = placeIn(week, end);
    const free = freeFrom.findIndex((at) => at <= from);
    const lane = free < 0 ? freeFrom.length : free;
    freeFrom[lane] = Math.max(to, from + leastDays);
    return { id, start, end, from, to, lane, isOpenStart: start < first, isOpenEnd: end > last };
  });
}
