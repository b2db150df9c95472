import type { Position } from '../../api/generated/model/index.ts';

const positionForm = /^[0-9A-Za-z]{1,40}-[0-9]{1,15}$/;
const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A time of a URL, in UTC; undefined when it is none. */
export function readTime(value: unknown): string | undefined {
  if (typeof value !== 'string' || !timeForm.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** A moment as the API takes it: a time, or a position `epoch-revision`; undefined when it is neither. */
export function readMoment(value: unknown): string | undefined {
  if (typeof value === 'string' && positionForm.test(value)) return value;
  return readTime(value);
}

export function isPosition(moment: string): boolean {
  return positionForm.test(moment);
}

/** For `<input type="datetime-local">`, in the operator's time zone, to the second. */
export function toLocalInput(iso: string | undefined): string {
  if (iso === undefined) return '';
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** What such an input holds, in UTC; undefined when it is empty or half-filled. */
export function fromLocalInput(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The millisecond after a time: the API's `since` takes in the change that happened at it. */
export function justAfter(iso: string): string {
  return new Date(Date.parse(iso) + 1).toISOString();
}

/** As the API names moments. */
export function momentOf({ epoch, revision }: Position): string {
  return `${epoch}-${revision}`;
}
