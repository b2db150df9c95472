import { expect, test } from 'vitest';
import { placeIn, readDay, turn, weeksOf, wordDay } from './calendar-days.ts';
import { checkFields, fieldsOf, toCreate } from './freeze-fields.ts';
import { readFreezesView } from './freezes-view.ts';
import { layBars } from './lay-bars.ts';

const day = (text: string) => {
  const at = readDay(text);
  if (at === undefined) throw new Error(`${text} is no day`);
  return at;
};
const hour = 3_600_000;
const week = weeksOf(day('2026-11-21'), 'week')[0];
if (!week) throw new Error('a week has a week');

test('a month is shown in whole weeks from Monday on', () => {
  const weeks = weeksOf(day('2026-11-21'), 'month');
  expect(weeks.map(({ bounds }) => wordDay(bounds[0] ?? 0))).toEqual([
    '2026-10-26',
    '2026-11-02',
    '2026-11-09',
    '2026-11-16',
    '2026-11-23',
    '2026-11-30',
  ]);
  expect(weeksOf(day('2027-02-10'), 'month')).toHaveLength(4);
  expect(week.bounds.map((at) => wordDay(at)).slice(0, 2)).toEqual(['2026-11-16', '2026-11-17']);
});

test('turning the page goes through short months and over the year', () => {
  expect(wordDay(turn(day('2026-01-31'), 'month', 1))).toBe('2026-02-01');
  expect(wordDay(turn(day('2026-01-01'), 'month', -1))).toBe('2025-12-01');
  expect(wordDay(turn(day('2026-12-30'), 'week', 1))).toBe('2027-01-06');
  expect(readDay('2026-02-30')).toBeUndefined();
});

test('an instant lies in its day, whatever lies outside at the edge', () => {
  expect(placeIn(week, day('2026-11-18') + 12 * hour)).toBeCloseTo(2.5);
  expect(placeIn(week, day('2026-11-01'))).toBe(0);
  expect(placeIn(week, Number.POSITIVE_INFINITY)).toBe(7);
});

test('bars that touch lie below each other, and say when they go on outside the week', () => {
  const span = (id: string, from: string, hours: number) => ({ id, start: day(from), end: day(from) + hours * hour });
  const bars = layBars(week, [
    span('night', '2026-11-17', 6),
    span('holiday', '2026-11-10', 24 * 30),
    span('later', '2026-11-18', 24),
    span('past', '2026-11-01', 24),
  ]);
  expect(bars.map(({ id, lane }) => [id, lane])).toEqual([
    ['holiday', 0],
    ['night', 1],
    ['later', 1],
  ]);
  expect(bars[0]).toMatchObject({ from: 0, to: 7, isOpenStart: true, isOpenEnd: true });
  expect(bars[1]).toMatchObject({ from: 1, to: 1.25, isOpenStart: false, isOpenEnd: false });
});

test('a name takes a day of its row, however short the freeze is', () => {
  const short = (id: string, at: number) => ({
    id,
    start: day('2026-11-17') + at * hour,
    end: day('2026-11-17') + (at + 1) * hour,
  });
  expect(layBars(week, [short('a', 1), short('b', 5)]).map((bar) => bar.lane)).toEqual([0, 1]);
});

test('a freeze needs a name, a reason, an end after its beginning, and somebody', () => {
  const fields = fieldsOf(undefined, day('2026-12-24'));
  expect(checkFields(fields)).toEqual({ title: 'required', reason: 'required' });
  const named = { ...fields, title: 'Holidays', reason: 'Nobody is here' };
  expect(checkFields(named)).toEqual({});
  expect(checkFields({ ...named, endsAt: '2026-12-01T00:00', whom: 'some' as const })).toEqual({
    endsAt: 'endFirst',
    tenantIds: 'nobody',
  });
  const recurring = { ...named, isRecurring: true, endsAt: '' };
  expect(checkFields(recurring)).toEqual({});
  expect(checkFields({ ...recurring, isRecurring: false })).toEqual({ endsAt: 'required' });
  expect(checkFields({ ...recurring, weekdays: [], durationHours: 200, timeZone: 'Mars/Base' })).toEqual({
    weekdays: 'required',
    durationHours: 'duration',
    timeZone: 'zone',
  });
});

test('what the form has is what is sent, and comes back the same', () => {
  const fields = {
    ...fieldsOf(undefined, day('2026-12-24')),
    title: ' Nights ',
    reason: 'backup',
    isRecurring: true,
    durationHours: 1.5,
    timeZone: 'Europe/Berlin',
    tenantIds: ['acme'],
  };
  const sent = toCreate(fields);
  expect(sent).toMatchObject({
    title: 'Nights',
    scope: { tenantIds: [], tenantTags: [], serviceIds: [] },
    recurrence: { durationMinutes: 90, timeZone: 'Europe/Berlin' },
    startsAt: new Date(day('2026-12-24')).toISOString(),
  });
  const freeze = { ...sent, isForEverybody: true } as Parameters<typeof fieldsOf>[0];
  expect(toCreate(fieldsOf(freeze, null))).toEqual(sent);
});

test('the address keeps view, day and filters', () => {
  expect(readFreezesView({ view: 'list', day: '2026-11-21', tenantId: ' acme ', other: 1 })).toEqual({
    view: 'list',
    day: '2026-11-21',
    tenantId: 'acme',
  });
  expect(readFreezesView({ view: 'month', day: '2026-13-01', serviceId: '' })).toEqual({});
});
