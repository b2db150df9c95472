import { readDay } from './calendar-days.ts';

/** What the page of freezes shows, as its address keeps it. */
export interface FreezesView {
  readonly view?: 'week' | 'list';
  /** A day of the month or week that is shown; left out: today. */
  readonly day?: string;
  readonly tenantId?: string;
  readonly serviceId?: string;
  /** The freeze that is looked at. */
  readonly freeze?: string;
}

export function readFreezesView(search: Record<string, unknown>): FreezesView {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  };
  const [view, day, tenantId, serviceId, freeze] = ['view', 'day', 'tenantId', 'serviceId', 'freeze'].map(text);
  return {
    ...(view === 'week' || view === 'list' ? { view } : {}),
    ...(day && readDay(day) !== undefined ? { day } : {}),
    ...(tenantId ? { tenantId } : {}),
    ...(serviceId ? { serviceId } : {}),
    ...(freeze ? { freeze } : {}),
  };
}
