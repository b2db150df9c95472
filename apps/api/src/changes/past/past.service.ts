import type {
  ChangeItem,
  operations,
  State,
  StateDiff,
  StateDifference,
  StateEntity,
  StateTenant,
} from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant, type Caller } from '../../access/caller.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { makeCursor, pageOfRows, readCursor } from '../../infra/http/cursor.ts';
import type { Called } from '../../infra/http/operation.decorator.ts';
import { changeIdOf } from '../change-id.ts';
import { isForOthers, narrowItem } from '../narrow-item.ts';
import { describeDifference, differingFields } from './describe-difference.ts';
import { MomentsStore, showMoment } from './moments.store.ts';
import { PastStore, type Touched } from './past.store.ts';
import { isSomething, PresentStore, type Thing } from './present.store.ts';

type Ops = typeof operations;
type Cell = StateTenant['cells'][number] & { tenantId: string };

/** The configuration at any moment of the log: what is now, with what happened since taken back. */
@Injectable()
export class PastService {
  constructor(
    private readonly moments: MomentsStore,
    private readonly past: PastStore,
    private readonly present: PresentStore,
  ) {}

  /** @throws ApiError CHANGE_UNKNOWN, HISTORY_TRIMMED */
  getState({ caller, input }: Called<Ops['getState']>): Promise<State> {
    const tenantIds = tenantsOf(caller);
    return this.past.consistentRead(async (tx) => {
      const moment = await this.moments.find(tx, input.query.at);
      const since = await this.past.countSince(tx, moment.position, tenantIds);
      const cells = await this.present.countCells(tx, tenantIds);
      const things = await this.#thingsAt(tx, moment.position);
      const counts: Record<string, number> = {
        tenant: cells.tenant + (since.get('tenant') ?? 0),
        assignment: cells.assignment + (since.get('assignment') ?? 0),
      };
      for (const { entity, part } of things) if (part === '') counts[entity] = (counts[entity] ?? 0) + 1;
      const byVersion = await this.past.countByVersion(tx, moment.position, tenantIds);
      return { ...showMoment(moment), counts, byVersion };
    });
  }

  /** Services, versions, rules, lanes and the like, by kind and key. @throws ApiError CHANGE_UNKNOWN, HISTORY_TRIMMED, CURSOR_INVALID */
  listEntities({ caller, input }: Called<Ops['listStateEntities']>) {
    const { at, entity, serviceId, search, limit, cursor } = input.query;
    return this.past.consistentRead(async (tx) => {
      const { position } = await this.moments.find(tx, at);
      // The page goes on at the moment it began, also when that was `now`.
      const scope = ['state-entities', at ?? null, entity ?? null, serviceId ?? null, search ?? null];
      const part = search?.toLowerCase();
      const [after = '', afterKey = ''] = readCursor(scope, cursor, ['text', 'text']) ?? [];
      const isMine = ({ entity: kind, state }: Thing) =>
        !isForOthers(caller, { entity: kind, before: null, after: state });
      const all = mergeRules(await this.#thingsAt(tx, position))
        .filter(isMine)
        .filter((one) => entity === undefined || one.entity === entity)
        .filter((one) => serviceId === undefined || one.serviceId === serviceId)
        .filter((one) => part === undefined || one.key.toLowerCase().includes(part))
        .filter((one) => one.entity > after || (one.entity === after && one.key > afterKey))
        .sort((a, b) => compare(a.entity, b.entity) || compare(a.key, b.key));
      const show = ({ entity: kind, serviceId: service, key, state }: Thing): StateEntity => ({
        entity: kind,
        serviceId: service,
        key,
        state: narrowItem(caller, { entity: kind, before: null, after: state }).after ?? {},
      });
      return pageOfRows(all.slice(0, limit + 1), limit, scope, (one) => [one.entity, one.key], show);
    });
  }

  /** Tenants with what they ran. A page may hold fewer than asked for: it skips those that did not exist then. */
  listTenants({ caller, input }: Called<Ops['listStateTenants']>) {
    const { at, tenantId, serviceId, search, limit, cursor } = input.query;
    if (tenantId !== undefined) assertTenant(caller, tenantId);
    const only = tenantId === undefined ? tenantsOf(caller) : [tenantId];
    const scope = ['state-tenants', at ?? null, tenantId ?? null, serviceId ?? null, search ?? null];
    const [after = ''] = readCursor(scope, cursor, ['text']) ?? [];
    return this.past.consistentRead(async (tx) => {
      const { position } = await this.moments.find(tx, at);
      const ids = await this.past.listTenantIds(tx, { only, search }, String(after), limit + 1);
      const mine = ids.slice(0, limit);
      const items = await this.tenantsAt(tx, position, mine);
      const last = mine.at(-1);
      return {
        items: items.map((one) => ({
          ...one,
          cells: one.cells.filter((cell) => serviceId === undefined || cell.serviceId === serviceId),
        })),
        nextCursor: ids.length > limit && last !== undefined ? makeCursor(scope, [last]) : null,
      };
    });
  }

  /** What differs between two moments, each thing once. @throws ApiError CHANGE_UNKNOWN, HISTORY_TRIMMED, CURSOR_INVALID */
  diff({ caller, input }: Called<Ops['diffStates']>): Promise<StateDiff> {
    const { from: fromText, to: toText, limit, cursor, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['state-diff', fromText, toText ?? null, filter];
    const last = readCursor(scope, cursor, ['text', 'text', 'text']) ?? ['', '', ''];
    return this.past.consistentRead(async (tx) => {
      const from = await this.moments.find(tx, fromText);
      const to = await this.moments.find(tx, toText);
      const isBack = compare(from.position.epoch, to.position.epoch) || from.position.revision - to.position.revision;
      const [lower, upper] = isBack > 0 ? [to, from] : [from, to];
      const rows = await this.past.listTouched(
        tx,
        lower.position,
        upper.position,
        { ...filter, tenantIds: tenantsOf(caller) },
        { after: last as [string, string, string], limit: limit + 1 },
      );
      const lastOf = ({ entity, key, part }: Touched) => [entity, key, part];
      const page = pageOfRows(rows, limit, scope, lastOf, (row) => showDifference(narrowItem(caller, row), isBack > 0));
      return { from: showMoment(from), to: showMoment(to), ...page };
    });
  }

  /** Tenants of a list as they were at a position, with their cells; those that did not exist then are left out. */
  async tenantsAt(
    tx: Transaction,
    position: StateDiff['from']['position'],
    ids: readonly string[],
  ): Promise<StateTenant[]> {
    const states = await this.present.listTenants(tx, ids);
    const cells = new Map<string, Cell>();
    for (const cell of await this.present.listCells(tx, ids)) cells.set(`${cell.tenantId}/${cell.serviceId}`, cell);
    const filter = { entities: ['tenant', 'assignment'], tenantIds: ids };
    for (const { entity, key, tenantId, serviceId, before } of await this.past.listTouched(
      tx,
      position,
      null,
      filter,
    )) {
      if (entity === 'tenant') {
        if (before === null) states.delete(key);
        else states.set(key, before);
      } else if (before === null) cells.delete(key);
      else cells.set(key, { tenantId, serviceId, ...before } as unknown as Cell);
    }
    const byTenant = Map.groupBy(cells.values(), (cell) => cell.tenantId);
    return ids.flatMap((tenantId) => {
      const state = states.get(tenantId);
      if (state === undefined) return [];
      const own = [...(byTenant.get(tenantId) ?? [])].sort((a, b) => compare(a.serviceId, b.serviceId));
      return [{ tenantId, state, cells: own.map(({ tenantId: _, ...cell }) => cell) }];
    });
  }

  async #thingsAt(tx: Transaction, position: StateDiff['from']['position']): Promise<Thing[]> {
    const keyOf = (one: Pick<Thing, 'entity' | 'key' | 'part'>) => `${one.entity} ${one.part} ${one.key}`;
    const things = new Map((await this.present.listThings(tx)).map((one) => [keyOf(one), one]));
    const touched = await this.past.listTouched(tx, position, null, {
      otherThan: ['tenant', 'assignment'],
      tenantIds: null,
    });
    for (const { entity, part, key, serviceId, before } of touched) {
      const thing = before === null ? undefined : { entity, part, key, serviceId, state: before };
      if (thing === undefined || !isSomething(thing)) things.delete(keyOf({ entity, part, key }));
      else things.set(keyOf(thing), thing);
    }
    return [...things.values()];
  }
}

function tenantsOf(caller: Caller): string[] | null {
  return caller.tenantIds === null ? null : [...caller.tenantIds];
}

/** Which rules are live stands with the fields of the service for whoever reads. */
function mergeRules(things: readonly Thing[]): Thing[] {
  const rules = new Map(things.filter(({ part }) => part === 'rules').map((one) => [one.key, one.state]));
  return things
    .filter(({ part }) => part === '')
    .map((one) => (one.entity === 'service' ? { ...one, state: { ...one.state, ...rules.get(one.key) } } : one));
}

function showDifference(row: Touched, isBack: boolean): StateDifference {
  const { entity, tenantId, serviceId, key } = row;
  const [from, to]: [ChangeItem['before'], ChangeItem['before']] = isBack
    ? [row.after, row.before]
    : [row.before, row.after];
  return {
    entity,
    tenantId,
    serviceId,
    key,
    text: describeDifference(row, from, to),
    fields: differingFields(from, to),
    isNew: from === null,
    isGone: to === null,
    changeId: changeIdOf(row),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
