import type { FreezeRecurrence } from '@grey/contracts';
import { addDays, dayAt, instantOf, weekdayOf } from './zone-clock.ts';

const DAY_MS = 86_400_000;
/** A week without a window is followed by one with one; clocks may take a day out of it. */
const SEARCHED_MS = 9 * DAY_MS;

/** When a freeze is in force: from `startsAt` until just before `endsAt`, epoch milliseconds. */
export interface Window {
  readonly startsAt: number;
  /** Infinity: without end */
  readonly endsAt: number;
}

export interface FreezeTimes extends Window {
  /** null: in force all the time between */
  readonly recurrence: FreezeRecurrence | null;
}

/** The windows of a freeze that touch a span, in order of their beginning. Windows that overlap stay apart. Pure. */
export function windowsOf(freeze: FreezeTimes, from: number, to: number): Window[] {
  const { recurrence, startsAt, endsAt } = freeze;
  if (recurrence === null) return touches(freeze, from, to) ? [{ startsAt, endsAt }] : [];
  const { weekdays, startTime, durationMinutes, timeZone } = recurrence;
  const length = durationMinutes * 60_000;
  const first = Math.max(from, startsAt) - length - DAY_MS;
  const last = Math.min(to, endsAt) + DAY_MS;
  const windows: Window[] = [];
  for (let day = dayAt(first, timeZone), at = first; at < last + DAY_MS; at += DAY_MS, day = addDays(day, 1)) {
    if (!weekdays.includes(weekdayOf(day))) continue;
    const start = instantOf(day, minutesOf(startTime), timeZone);
    const window = { startsAt: Math.max(start, startsAt), endsAt: Math.min(start + length, endsAt) };
    if (window.startsAt < window.endsAt && touches(window, from, to)) windows.push(window);
  }
  return windows;
}

/** The window that a freeze is in; of several the one that ends last. */
export function currentWindow(freeze: FreezeTimes, now: number): Window | undefined {
  if (now < freeze.startsAt || now >= freeze.endsAt) return undefined;
  const windows = windowsOf(freeze, now, now + 1);
  return windows.reduce<Window | undefined>(
    (latest, one) => (latest === undefined || one.endsAt > latest.endsAt ? one : latest),
    undefined,
  );
}

/** The first window that begins later. */
export function nextWindow(freeze: FreezeTimes, now: number): Window | undefined {
  const from = Math.max(now, freeze.startsAt);
  return windowsOf(freeze, from, from + SEARCHED_MS).find(({ startsAt }) => startsAt > now);
}

function touches(window: Window, from: number, to: number): boolean {
  return window.startsAt < to && window.endsAt > from;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
