export const daysOfWeek = [1, 2, 3, 4, 5, 6, 7] as const;

/** An instant as `datetime-local` shows it, in UTC. */
export function toLocalInput(iso: string | undefined): string {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 16);
}

export function fromLocalInput(text: string): string | undefined {
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** Minutes since midnight as `HH:MM`. 24:00, which an input cannot show, is the end of the day: 00:00. */
export function minuteText(minute: number | undefined): string {
  if (minute === undefined) return '';
  const within = minute % 1440;
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`;
}

export function fromMinuteText(text: string): number | undefined {
  const found = /^(\d\d):(\d\d)/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}
