/** Days of a calendar in the operator's own time zone; a day is the instant at which it begins, in milliseconds. */
export interface Week {
  /** Eight instants: when each of seven days begins, and when the last one ends. A day may have 23 or 25 hours. */
  readonly bounds: readonly number[];
}

export type CalendarView = 'month' | 'week';

const startOf = (year: number, month: number, day: number) => new Date(year, month, day).getTime();

/** `2026-11-21`, of the operator's time zone. */
export function wordDay(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The instant at which the day begins; undefined when the text names none. */
export function readDay(text: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return undefined;
  const at = startOf(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return wordDay(at) === text ? at : undefined;
}

/** Weeks from Monday on: the one of the day, or all that touch its month. */
export function weeksOf(day: number, view: CalendarView): Week[] {
  const date = new Date(day);
  const [year, month] = [date.getFullYear(), date.getMonth()];
  const first = view === 'week' ? date.getDate() : 1;
  const monday = first - ((new Date(year, month, first).getDay() + 6) % 7);
  const last = view === 'week' ? monday : new Date(year, month + 1, 0).getDate();
  const weeks: Week[] = [];
  for (let start = monday; start <= last; start += 7)
    weeks.push({ bounds: Array.from({ length: 8 }, (_, at) => startOf(year, month, start + at)) });
  return weeks;
}

/** The same day one page on or back; a month is left for its first day, as not every month has a 31st. */
export function turn(day: number, view: CalendarView, by: 1 | -1): number {
  const date = new Date(day);
  return view === 'week'
    ? startOf(date.getFullYear(), date.getMonth(), date.getDate() + 7 * by)
    : startOf(date.getFullYear(), date.getMonth() + by, 1);
}

/** Where an instant lies in a week: whole days and the part of the day, 0 to 7. */
export function placeIn({ bounds }: Week, at: number): number {
  const first = bounds[0] ?? 0;
  if (at <= first) return 0;
  for (let day = 0; day < 7; day++) {
    const [from, to] = [bounds[day] ?? 0, bounds[day + 1] ?? 0];
    if (at < to) return day + (at - from) / (to - from);
  }
  return 7;
}
