import type { Actor, Freeze, FreezeRecurrence, FreezeWindow } from '@grey/contracts';
import { type Caller, mayActFor } from '../access/caller.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { etagOf } from '../infra/http/etag.ts';
import { currentWindow, type FreezeTimes, nextWindow, type Window, windowsOf } from './windows-of-freeze.ts';

export interface FreezeFields {
  readonly title: string;
  readonly reason: string;
  readonly tenantIds: readonly string[];
  readonly tenantTags: readonly string[];
  readonly serviceIds: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly recurrence: FreezeRecurrence | null;
}

export interface FreezeRow extends FreezeFields {
  readonly id: string;
  readonly createdBy: Actor;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly stamp: bigint;
}

/** The same, as it stands in bodies and in the log. */
export interface FreezeState {
  readonly title: string;
  readonly reason: string;
  readonly scope: { readonly tenantIds: string[]; readonly tenantTags: string[]; readonly serviceIds: string[] };
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly recurrence: FreezeRecurrence | null;
}

export function stateOf(row: FreezeFields): FreezeState {
  const { title, reason, recurrence } = row;
  return {
    title,
    reason,
    scope: { tenantIds: [...row.tenantIds], tenantTags: [...row.tenantTags], serviceIds: [...row.serviceIds] },
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt?.toISOString() ?? null,
    recurrence,
  };
}

export function fieldsOf({ scope, startsAt, endsAt, ...rest }: FreezeState): FreezeFields {
  return { ...rest, ...scope, startsAt: new Date(startsAt), endsAt: endsAt === null ? null : new Date(endsAt) };
}

export function timesOf({ startsAt, endsAt, recurrence }: FreezeFields): FreezeTimes {
  return { startsAt: startsAt.getTime(), endsAt: endsAt?.getTime() ?? Number.POSITIVE_INFINITY, recurrence };
}

/** Whether a freeze is any of the caller's business. */
export function maySeeFreeze(caller: Caller, { tenantIds, tenantTags }: FreezeFields): boolean {
  return tenantIds.length === 0 || tenantTags.length > 0 || tenantIds.some((id) => mayActFor(caller, id));
}

/** A freeze in the words of the API; of its tenants only those that the caller may see. @param span for its windows */
export function freezeView(row: FreezeRow, caller: Caller, now: number, span?: Pick<Window, 'startsAt' | 'endsAt'>) {
  const state = stateOf(row);
  const times = timesOf(row);
  const current = currentWindow(times, now);
  const next = nextWindow(times, now);
  return {
    id: row.id,
    ...state,
    scope: { ...state.scope, tenantIds: row.tenantIds.filter((id) => mayActFor(caller, id)) },
    isForEverybody: row.tenantIds.length + row.tenantTags.length === 0,
    state: current !== undefined ? 'active' : next !== undefined ? 'planned' : 'over',
    current: current === undefined ? null : showWindow(current),
    next: next === undefined ? null : showWindow(next),
    occurrences: span === undefined ? [] : windowsOf(times, span.startsAt, span.endsAt).map(showWindow),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.stamp),
  } satisfies Freeze;
}

/** A freeze that comes, changes or goes, as the log keeps it. */
export function itemOfFreeze(id: string, before: FreezeState | null, after: FreezeState | null): ItemDraft {
  const scopes = [before, after].flatMap((one) => (one === null ? [] : [one.scope]));
  const tenantIds = scopes.map((one) => (one.tenantTags.length === 0 ? only(one.tenantIds) : null));
  const serviceIds = scopes.map((one) => only(one.serviceIds));
  return {
    entity: 'freeze',
    tenantId: only([...new Set(tenantIds)]),
    serviceId: only([...new Set(serviceIds)]),
    key: id,
    before: before === null ? null : { ...before },
    after: after === null ? null : { ...after },
  };
}

function only<T>(all: readonly T[]): T | null {
  return all.length === 1 ? (all[0] as T) : null;
}

function showWindow({ startsAt, endsAt }: Window): FreezeWindow {
  return {
    startsAt: new Date(startsAt).toISOString(),
    endsAt: endsAt === Number.POSITIVE_INFINITY ? null : new Date(endsAt).toISOString(),
  };
}
