import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currentWindow, type FreezeTimes, nextWindow, windowsOf } from './windows-of-freeze.ts';
import { instantOf, offsetAt } from './zone-clock.ts';

const at = (text: string) => Date.parse(text);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function recurring(startTime: string, minutes: number, more: Partial<FreezeTimes['recurrence'] & FreezeTimes> = {}) {
  const { weekdays = [1, 2, 3, 4, 5, 6, 7], timeZone = 'Europe/Berlin', ...times } = more;
  return {
    startsAt: at('2026-01-01T00:00:00Z'),
    endsAt: Number.POSITIVE_INFINITY,
    ...times,
    recurrence: { weekdays, startTime, durationMinutes: minutes, timeZone },
  };
}
const shown = (freeze: FreezeTimes, from: string, to: string) =>
  windowsOf(freeze, at(from), at(to)).map(({ startsAt, endsAt }) => [
    new Date(startsAt).toISOString(),
    new Date(endsAt).toISOString(),
  ]);

describe('one window', () => {
  const freeze: FreezeTimes = {
    startsAt: at('2026-11-27T00:00:00Z'),
    endsAt: at('2026-11-30T00:00:00Z'),
    recurrence: null,
  };

  test('holds from its start until just before its end', () => {
    expect(currentWindow(freeze, freeze.startsAt - 1)).toBeUndefined();
    expect(currentWindow(freeze, freeze.startsAt)).toEqual({ startsAt: freeze.startsAt, endsAt: freeze.endsAt });
    expect(currentWindow(freeze, freeze.endsAt - 1)).toBeDefined();
    expect(currentWindow(freeze, freeze.endsAt)).toBeUndefined();
    expect(nextWindow(freeze, freeze.startsAt - 1)?.startsAt).toBe(freeze.startsAt);
    expect(nextWindow(freeze, freeze.startsAt)).toBeUndefined();
  });

  test('touches a span that it overlaps, not one that it meets', () => {
    expect(shown(freeze, '2026-11-29T23:00:00Z', '2026-12-01T00:00:00Z')).toHaveLength(1);
    expect(shown(freeze, '2026-11-30T00:00:00Z', '2026-12-01T00:00:00Z')).toEqual([]);
    expect(shown(freeze, '2026-11-26T00:00:00Z', '2026-11-27T00:00:00Z')).toEqual([]);
  });
});

describe('weekly windows', () => {
  test('begin by the wall clock, whatever the offset', () => {
    expect(shown(recurring('22:00', 60), '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
      ['2026-03-28T21:00:00.000Z', '2026-03-28T22:00:00.000Z'],
      ['2026-03-29T20:00:00.000Z', '2026-03-29T21:00:00.000Z'],
    ]);
  });

  test('a time that the clocks skip is read by the offset before; the length is elapsed time', () => {
    expect(shown(recurring('02:30', 120), '2026-03-29T00:00:00Z', '2026-03-29T12:00:00Z')).toEqual([
      ['2026-03-29T01:30:00.000Z', '2026-03-29T03:30:00.000Z'],
    ]);
  });

  test('of a time that comes twice the first counts', () => {
    expect(shown(recurring('02:30', 30), '2026-10-25T00:00:00Z', '2026-10-25T12:00:00Z')).toEqual([
      ['2026-10-25T00:30:00.000Z', '2026-10-25T01:00:00.000Z'],
    ]);
  });

  test('days are those of the zone', () => {
    const monday = recurring('00:30', 60, { weekdays: [1], timeZone: 'Asia/Shanghai' });
    expect(shown(monday, '2026-11-21T00:00:00Z', '2026-11-28T00:00:00Z')).toEqual([
      ['2026-11-22T16:30:00.000Z', '2026-11-22T17:30:00.000Z'],
    ]);
  });

  test('are cut to start and end', () => {
    const cut = recurring('12:00', 120, { startsAt: at('2026-11-20T12:00:00Z'), endsAt: at('2026-11-21T11:30:00Z') });
    expect(shown(cut, '2026-11-19T00:00:00Z', '2026-11-25T00:00:00Z')).toEqual([
      ['2026-11-20T12:00:00.000Z', '2026-11-20T13:00:00.000Z'],
      ['2026-11-21T11:00:00.000Z', '2026-11-21T11:30:00.000Z'],
    ]);
  });

  test('of overlapping ones the one that ends last is current', () => {
    const long = recurring('00:00', 3 * 24 * 60, { timeZone: 'UTC' });
    expect(currentWindow(long, at('2026-11-20T06:00:00Z'))).toEqual({
      startsAt: at('2026-11-20T00:00:00Z'),
      endsAt: at('2026-11-23T00:00:00Z'),
    });
    expect(nextWindow(long, at('2026-11-20T06:00:00Z'))?.startsAt).toBe(at('2026-11-21T00:00:00Z'));
  });
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
];
const freezes = fc
  .record({
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.constantFrom(0, 15, 30),
    minutes: fc.integer({ min: 1, max: 3_000 }),
    timeZone: fc.constantFrom(...zones),
    start: fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') }),
    days: fc.integer({ min: 1, max: 90 }),
  })
  .map(({ hour, minute, minutes, start, days, weekdays, timeZone }) =>
    recurring(`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`, minutes, {
      weekdays,
      timeZone,
      startsAt: start,
      endsAt: start + days * DAY,
    }),
  );

/** Tries every minute of the wall instead of working out days: the start of a window is the first instant that shows it. */
function isFrozenByTrial({ startsAt, endsAt, recurrence }: ReturnType<typeof recurring>, instant: number): boolean {
  if (instant < startsAt || instant >= endsAt) return false;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: recurrence.timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const names = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const wanted = new Set(recurrence.weekdays.map((day) => `${names[day]} ${recurrence.startTime}`));
  const last = Math.floor(instant / 60_000) * 60_000;
  for (let start = last; instant < start + recurrence.durationMinutes * 60_000; start -= 60_000)
    if (wanted.has(format.format(start).replace(',', ''))) return true;
  return false;
}

test('whether it is frozen is what trying every minute says, away from changes of clocks', () => {
  fc.assert(
    fc.property(freezes, fc.integer({ min: 0, max: 90 * DAY }), (freeze, after) => {
      const instant = freeze.startsAt + after;
      const { timeZone, durationMinutes } = freeze.recurrence;
      const span = durationMinutes * 60_000 + 2 * HOUR;
      fc.pre(offsetAt(instant, timeZone) === offsetAt(instant - span, timeZone));
      expect(currentWindow(freeze, instant) !== undefined).toBe(isFrozenByTrial(freeze, instant));
    }),
    { numRuns: 300 },
  );
});

test('one day has one window, current and next agree with the list', () => {
  fc.assert(
    fc.property(freezes, fc.integer({ min: -5 * DAY, max: 95 * DAY }), (freeze, after) => {
      const now = freeze.startsAt + after;
      const all = windowsOf(freeze, freeze.startsAt, freeze.endsAt);
      const uncut = all.filter((one) => one.startsAt > freeze.startsAt);
      expect(new Set(uncut.map((one) => one.startsAt)).size).toBe(uncut.length);
      expect(all.every((one) => one.startsAt >= freeze.startsAt && one.endsAt <= freeze.endsAt)).toBe(true);
      expect(currentWindow(freeze, now) !== undefined).toBe(all.some((one) => one.startsAt <= now && now < one.endsAt));
      expect(nextWindow(freeze, now)?.startsAt).toBe(all.find((one) => one.startsAt > now)?.startsAt);
    }),
    { numRuns: 200 },
  );
});

test('a wall time is shown at the instant it is read as, unless it is skipped', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 364 }),
      fc.integer({ min: 0, max: 1_439 }),
      (zone, day, minutes) => {
        const wall = Date.UTC(2026, 0, 1 + day, 0, minutes);
        const date = new Date(wall);
        const fields = { year: 2026, month: date.getUTCMonth() + 1, day: date.getUTCDate() };
        const read = instantOf(fields, minutes, zone);
        const shownAs = read + offsetAt(read, zone);
        expect(shownAs === wall || offsetAt(read, zone) !== offsetAt(read - 2 * HOUR, zone)).toBe(true);
        expect(shownAs).toBeGreaterThanOrEqual(wall);
      },
    ),
    { numRuns: 500 },
  );
});
