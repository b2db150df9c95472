import type { CreateFreeze, Freeze } from '../../api/generated/model/index.ts';
import { wordDay } from './calendar-days.ts';

/** A freeze as its form has it. Times of the form are of the operator's time zone, `2026-12-24T18:00`. */
export interface FreezeFields {
  title: string;
  reason: string;
  whom: 'everybody' | 'some';
  tenantIds: string[];
  tenantTags: string[];
  serviceIds: string[];
  isRecurring: boolean;
  startsAt: string;
  /** Empty: without end, which only a recurring one may be. */
  endsAt: string;
  weekdays: number[];
  startTime: string;
  durationHours: number;
  timeZone: string;
}

export type FieldFault = 'required' | 'endFirst' | 'nobody' | 'duration' | 'zone';

const localTime = (at: number) => `${wordDay(at)}T${new Date(at).toTimeString().slice(0, 5)}`;
const ownZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
const hour = 3_600_000;

/** @param day on which a new one is to begin; null: it begins with the next hour */
export function fieldsOf(freeze: Freeze | undefined, day: number | null, now = Date.now()): FreezeFields {
  const start = day === null ? Math.ceil(now / hour) * hour : day;
  const recurrence = freeze?.recurrence;
  return {
    title: freeze?.title ?? '',
    reason: freeze?.reason ?? '',
    whom: freeze && !freeze.isForEverybody ? 'some' : 'everybody',
    tenantIds: freeze?.scope.tenantIds ?? [],
    tenantTags: freeze?.scope.tenantTags ?? [],
    serviceIds: freeze?.scope.serviceIds ?? [],
    isRecurring: recurrence !== undefined && recurrence !== null,
    startsAt: localTime(freeze ? Date.parse(freeze.startsAt) : start),
    endsAt: freeze ? (freeze.endsAt ? localTime(Date.parse(freeze.endsAt)) : '') : localTime(start + 24 * hour),
    weekdays: recurrence?.weekdays ?? [1, 2, 3, 4, 5],
    startTime: recurrence?.startTime ?? '18:00',
    durationHours: (recurrence?.durationMinutes ?? 720) / 60,
    timeZone: recurrence?.timeZone ?? ownZone(),
  };
}

/** What is missing or does not go together, by field. */
export function checkFields(fields: FreezeFields): Partial<Record<keyof FreezeFields, FieldFault>> {
  const { title, reason, whom, tenantIds, tenantTags, startsAt, endsAt, isRecurring } = fields;
  const found: Partial<Record<keyof FreezeFields, FieldFault>> = {};
  if (title.trim() === '') found.title = 'required';
  if (reason.trim() === '') found.reason = 'required';
  if (whom === 'some' && tenantIds.length + tenantTags.length === 0) found.tenantIds = 'nobody';
  if (startsAt === '') found.startsAt = 'required';
  if (endsAt === '' && !isRecurring) found.endsAt = 'required';
  if (startsAt !== '' && endsAt !== '' && Date.parse(endsAt) <= Date.parse(startsAt)) found.endsAt = 'endFirst';
  if (!isRecurring) return found;
  if (fields.weekdays.length === 0) found.weekdays = 'required';
  if (fields.startTime === '') found.startTime = 'required';
  const minutes = minutesOf(fields.durationHours);
  if (minutes < 1 || minutes > 10_080) found.durationHours = 'duration';
  if (!isZone(fields.timeZone)) found.timeZone = 'zone';
  return found;
}

export function toCreate(fields: FreezeFields): CreateFreeze {
  const { whom, tenantIds, tenantTags, serviceIds, startsAt, endsAt, isRecurring } = fields;
  const isFor = whom === 'some';
  return {
    title: fields.title.trim(),
    reason: fields.reason.trim(),
    scope: { tenantIds: isFor ? tenantIds : [], tenantTags: isFor ? tenantTags : [], serviceIds },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: endsAt === '' ? null : new Date(endsAt).toISOString(),
    recurrence: isRecurring
      ? {
          weekdays: fields.weekdays,
          startTime: fields.startTime,
          durationMinutes: minutesOf(fields.durationHours),
          timeZone: fields.timeZone,
        }
      : null,
  };
}

const minutesOf = (hours: number) => Math.round(hours * 60);

function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
