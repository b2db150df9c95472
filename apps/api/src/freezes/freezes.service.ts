import { randomUUID } from 'node:crypto';
import { type Freeze, faultOfTimes, freezeIdSchema, type operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant } from '../access/caller.ts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import {
  type FreezeRow,
  type FreezeState,
  fieldsOf,
  freezeView,
  itemOfFreeze,
  maySeeFreeze,
  stateOf,
  timesOf,
} from './freeze-row.ts';
import { type FreezeFilter, type FreezePlace, FreezesStore } from './freezes.store.ts';
import { currentWindow } from './windows-of-freeze.ts';

type Ops = typeof operations;
type ListQuery = Omit<Called<Ops['listFreezes']>['input']['query'], 'limit' | 'cursor'>;
/** Rows read at a time where what is asked for can only be worked out. */
const PORTION = 200;

/** Times in which versions do not change. */
@Injectable()
export class FreezesService {
  constructor(
    private readonly store: FreezesStore,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN when another's tenant is asked for */
  list({ caller, input }: Called<Ops['listFreezes']>) {
    const { limit, cursor, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['freezes', filter];
    const after = placeOf(readCursor(scope, cursor, ['text', 'text']));
    return this.store.consistentRead(async (tx) => {
      const now = await this.store.readClock(tx);
      const span =
        filter.from === undefined || filter.to === undefined
          ? undefined
          : { startsAt: Date.parse(filter.from), endsAt: Date.parse(filter.to) };
      const shown: { row: FreezeRow; view: Freeze }[] = [];
      for (let last = after; shown.length <= limit; ) {
        const rows = await this.store.list(tx, storeFilter(filter), caller.tenantIds, last, PORTION);
        for (const row of rows) {
          const view = freezeView(row, caller, now, span);
          if (isWanted(filter, row, view)) shown.push({ row, view });
        }
        if (rows.length < PORTION) break;
        last = rows.at(-1);
      }
      const lastOf = ({ row }: (typeof shown)[number]) => [row.startsAt.toISOString(), row.id];
      return pageOfRows(shown, limit, scope, lastOf, ({ view }) => view);
    });
  }

  /** @throws ApiError FREEZE_UNKNOWN, also when it is for others' tenants alone */
  get({ caller, input }: Called<Ops['getFreeze']>): Promise<Freeze> {
    return this.store.consistentRead(async (tx) => {
      const row = await this.store.find(tx, input.params.freezeId);
      if (row === undefined || !maySeeFreeze(caller, row)) throw new ApiError('FREEZE_UNKNOWN');
      return freezeView(row, caller, await this.store.readClock(tx));
    });
  }

  /** @throws ApiError SERVICE_UNKNOWN, TENANT_UNKNOWN */
  create({ caller, input, idempotency }: Called<Ops['createFreeze']>) {
    const state: FreezeState = input.body;
    const request = { kind: 'freeze.created', actor: actorOf(caller), reason: state.reason, idempotency } as const;
    return this.changes.commit(request, async (tx) => {
      await this.store.lock(tx);
      await this.#assertKnown(tx, state, undefined);
      const row = await this.store.put(tx, randomUUID(), fieldsOf(state), actorOf(caller));
      const now = await this.store.readClock(tx);
      return { items: [itemOfFreeze(row.id, null, stateOf(row))], answer: () => freezeView(row, caller, now) };
    });
  }

  /** @throws ApiError FREEZE_UNKNOWN, SERVICE_UNKNOWN, TENANT_UNKNOWN, VALIDATION_FAILED, PRECONDITION_FAILED */
  update({ caller, input, ifMatch }: Called<Ops['updateFreeze']>) {
    const { reason } = input.body;
    return this.changes.commit({ kind: 'freeze.updated', actor: actorOf(caller), reason }, async (tx) => {
      await this.store.lock(tx);
      const before = await this.store.find(tx, input.params.freezeId);
      if (before === undefined) throw new ApiError('FREEZE_UNKNOWN');
      const now = await this.store.readClock(tx);
      assertMatch(ifMatch, freezeView(before, caller, now));
      const changed = changedFields(stateOf(before), input.body);
      if (changed === undefined) return { items: [], answer: () => freezeView(before, caller, now) };
      const state: FreezeState = { ...stateOf(before), ...changed };
      assertTimes(state);
      await this.#assertKnown(tx, state, before);
      const row = await this.store.put(tx, before.id, fieldsOf(state), before.createdBy);
      return {
        items: [itemOfFreeze(row.id, stateOf(before), stateOf(row))],
        answer: () => freezeView(row, caller, now),
      };
    });
  }

  /** @throws ApiError FREEZE_UNKNOWN, PRECONDITION_FAILED */
  async delete({ caller, input, ifMatch }: Called<Ops['deleteFreeze']>): Promise<void> {
    const { reason } = input.query;
    await this.changes.commit({ kind: 'freeze.deleted', actor: actorOf(caller), reason }, async (tx) => {
      await this.store.lock(tx);
      const row = await this.store.find(tx, input.params.freezeId);
      if (row === undefined) throw new ApiError('FREEZE_UNKNOWN');
      assertMatch(ifMatch, freezeView(row, caller, await this.store.readClock(tx)));
      await this.store.delete(tx, row.id);
      return { items: [itemOfFreeze(row.id, stateOf(row), null)], answer: () => undefined };
    });
  }

  /** Names that the freeze did not have before stand for something: a wrong one would protect nobody. */
  async #assertKnown(tx: Transaction, { scope }: FreezeState, before: FreezeRow | undefined): Promise<void> {
    const isNew =
      (known: readonly string[] = []) =>
      (id: string) =>
        !known.includes(id);
    const services = scope.serviceIds.filter(isNew(before?.serviceIds));
    const [service] = await this.store.findUnknownServices(tx, services);
    if (service !== undefined) throw new ApiError('SERVICE_UNKNOWN', { detail: `No service has the id ${service}.` });
    const tenants = scope.tenantIds.filter(isNew(before?.tenantIds));
    const [tenant] = await this.store.findUnknownTenants(tx, tenants);
    if (tenant !== undefined) throw new ApiError('TENANT_UNKNOWN', { detail: `No tenant has the id ${tenant}.` });
  }
}

/** @throws ApiError VALIDATION_FAILED */
function assertTimes(state: FreezeState): void {
  const message = faultOfTimes(state);
  if (message === undefined) return;
  throw new ApiError('VALIDATION_FAILED', {
    detail: `body.endsAt: ${message}`,
    errors: [{ path: 'body.endsAt', message }],
  });
}

/** @throws ApiError CURSOR_INVALID */
function placeOf(last: readonly (string | number)[] | undefined): FreezePlace | undefined {
  if (last === undefined) return undefined;
  const place = { startsAt: new Date(String(last[0])), id: String(last[1]) };
  if (Number.isNaN(place.startsAt.getTime()) || !freezeIdSchema.safeParse(place.id).success)
    throw new ApiError('CURSOR_INVALID');
  return place;
}

/** What the database can leave out: whatever begins too late or ends too early. */
function storeFilter({ tenantId, serviceId, from, to, at }: ListQuery): FreezeFilter {
  const times = [from, at].flatMap((text) => (text === undefined ? [] : [Date.parse(text)]));
  const ends = [to, at].flatMap((text) => (text === undefined ? [] : [Date.parse(text)]));
  return {
    tenantId,
    serviceId,
    ...(times.length === 0 ? {} : { from: Math.max(...times) }),
    ...(ends.length === 0 ? {} : { to: Math.min(...ends) + 1 }),
  };
}

function isWanted({ at, from, state }: ListQuery, row: FreezeRow, view: Freeze): boolean {
  if (state !== undefined && view.state !== state) return false;
  if (from !== undefined && view.occurrences.length === 0) return false;
  return at === undefined || currentWindow(timesOf(row), Date.parse(at)) !== undefined;
}
