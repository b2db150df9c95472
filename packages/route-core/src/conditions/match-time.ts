import type { Condition } from '../routing-records.ts';
import { minuteOf, parseInstant, weekdayOf } from './instant.ts';

export type TimeCondition = Extract<Condition, { op: 'time' }>;

/** Whether an instant (milliseconds since 1970) lies in the window. A window that names no real instant is never open. */
export function compileTime(window: TimeCondition): (ms: number) => boolean {
  const from = window.from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(window.from);
  const until = window.until === undefined ? Number.POSITIVE_INFINITY : parseInstant(window.until);
  const isOnDay = compileDays(window.days);
  const isInHours = compileMinutes(window.fromMinute, window.untilMinute);
  return (ms) => ms >= from && ms < until && isOnDay(ms) && isInHours(ms);
}

function compileDays(days: readonly number[] | undefined): (ms: number) => boolean {
  if (days === undefined) return () => true;
  let mask = 0;
  for (const day of days) if (day >= 1 && day <= 7) mask |= 1 << day;
  return (ms) => ((mask >>> weekdayOf(ms)) & 1) === 1;
}

/** The day is that of the instant: 22:00 to 02:00 on Monday is Monday's first two hours and its last two. */
function compileMinutes(from = 0, until = Number.POSITIVE_INFINITY): (ms: number) => boolean {
  if (from <= until) {
    return (ms) => {
      const minute = minuteOf(ms);
      return minute >= from && minute < until;
    };
  }
  return (ms) => {
    const minute = minuteOf(ms);
    return minute >= from || minute < until;
  };
}
