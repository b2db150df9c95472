const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Milliseconds since 1970 of an ISO 8601 instant with its zone; NaN for anything else, such as a 30th of February. */
export function parseInstant(text: string): number {
  if (!INSTANT.test(text)) return Number.NaN;
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse lets February have 30 days.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return Number.NaN;
  return Date.parse(text);
}

/** 1 Monday to 7 Sunday, in UTC. */
export function weekdayOf(ms: number): number {
  const day = Math.floor(ms / (DAY_MINUTES * MINUTE_MS));
  // The first of January 1970 was a Thursday.
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** 0 to 1439, in UTC. */
export function minuteOf(ms: number): number {
  const minute = Math.floor(ms / MINUTE_MS) % DAY_MINUTES;
  return minute < 0 ? minute + DAY_MINUTES : minute;
}
