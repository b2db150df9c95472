import { parseInstant } from '../conditions/instant.ts';
import type { TimeCondition } from '../conditions/match-time.ts';

const DAYS = [1, 2, 3, 4, 5, 6, 7];
const DAY_MINUTES = 1440;

/** The instants, days and minutes of a window apart from one another; it is open where all three are. */
interface Window {
  readonly from: number;
  readonly until: number;
  readonly days: readonly number[];
  /** As spans of minutes, from (inclusive) to (exclusive). */
  readonly spans: readonly (readonly [from: number, until: number])[];
}

function readWindow({
  from,
  until,
  days,
  fromMinute = 0,
  untilMinute = Number.POSITIVE_INFINITY,
}: TimeCondition): Window {
  const end = Math.min(untilMinute, DAY_MINUTES);
  const spans: [number, number][] =
    fromMinute <= untilMinute
      ? [[fromMinute, end]]
      : [
          [0, end],
          [fromMinute, DAY_MINUTES],
        ];
  return {
    from: from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(from),
    until: until === undefined ? Number.POSITIVE_INFINITY : parseInstant(until),
    days: days === undefined ? DAYS : DAYS.filter((day) => days.includes(day)),
    spans: spans.filter(([first, last]) => first < last),
  };
}

/** A window that names no real instant is never open either. */
export function isTimeNever(condition: TimeCondition): boolean {
  const { from, until, days, spans } = readWindow(condition);
  return !(from < until) || days.length === 0 || spans.length === 0;
}

export function isTimeAlways(condition: TimeCondition): boolean {
  return isTimeWithin({ op: 'time' }, condition);
}

export function isTimeWithin(inner: TimeCondition, outer: TimeCondition): boolean {
  const [x, y] = [readWindow(inner), readWindow(outer)];
  return (
    x.from >= y.from &&
    x.until <= y.until &&
    x.days.every((day) => y.days.includes(day)) &&
    x.spans.every(([from, until]) => y.spans.some((span) => span[0] <= from && until <= span[1]))
  );
}

export function isTimeApart(one: TimeCondition, other: TimeCondition): boolean {
  const [x, y] = [readWindow(one), readWindow(other)];
  return (
    x.until <= y.from ||
    y.until <= x.from ||
    !x.days.some((day) => y.days.includes(day)) ||
    !x.spans.some(([from, until]) => y.spans.some((span) => span[0] < until && from < span[1]))
  );
}
