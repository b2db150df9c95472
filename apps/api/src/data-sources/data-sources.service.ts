import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { faultOfAddress, nameSchema, type operations } from '@grey/contracts';
import { assertTenant, type Caller, mayActFor } from '../access/caller.ts';
import { actorOf, type ChangesService } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { type AddressGuard, AddressRefused } from '../infra/net/address-guard.ts';
import { addressOf, type Credentials, goesElsewhere, type OpenAddress } from './data-source-address.ts';
import { type DataSourceRow, dataSourceView, itemOfDataSource } from './data-source-row.ts';
import type { DataSourcesStore } from './data-sources.store.ts';
import type { TenantVault } from './tenant-vault.ts';

type Ops = typeof operations;
/** A name server that takes longer is not waited for. */
const RESOLVE_MS = 3_000;

/** Where the data of tenants lie. Credentials go in, and out only to who connects. */
export class DataSourcesService {
  readonly #store: DataSourcesStore;
  readonly #changes: ChangesService;
  readonly #vault: TenantVault;
  readonly #guard: AddressGuard;

  constructor(store: DataSourcesStore, changes: ChangesService, vault: TenantVault, guard: AddressGuard) {
    this.#store = store;
    this.#changes = changes;
    this.#vault = vault;
    this.#guard = guard;
  }

  /** Of the caller's tenants. @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN */
  async list({ caller, input }: Called<Ops['listDataSources']>) {
    const { limit, cursor, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['data-sources', filter];
    const [tenantId, serviceId] = readCursor(scope, cursor, ['text', 'text'])?.map((one) => placeOf(one)) ?? [];
    const after = tenantId === undefined || serviceId === undefined ? undefined : { tenantId, serviceId };
    const rows = await this.#store.list(filter, caller.tenantIds, after, limit + 1);
    return pageOfRows(rows, limit, scope, (row) => [row.tenantId, row.serviceId], dataSourceView);
  }

  /** @throws ApiError DATA_SOURCE_UNKNOWN, also for another's tenant */
  get({ caller, input }: Called<Ops['getDataSource']>) {
    return this.#store.consistentRead(async (tx) =>
      dataSourceView(mine(caller, await this.#store.find(tx, input.params.dataSourceId))),
    );
  }

  /** @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, DATA_SOURCE_EXISTS, MASTER_KEY_MISSING, VALIDATION_FAILED */
  async create({ caller, input }: Called<Ops['createDataSource']>) {
    const { reason, user, password, tenantId, serviceId, ...address } = input.body;
    assertTenant(caller, tenantId);
    await this.#assertAllowed(address.host);
    const request = { kind: 'data_source.created', actor: actorOf(caller), reason } as const;
    try {
      return await this.#changes.commit(request, async (tx) => {
        if (!(await this.#store.holdTenant(tx, tenantId))) throw new ApiError('TENANT_UNKNOWN');
        if (!(await this.#store.hasService(tx, serviceId))) throw new ApiError('SERVICE_UNKNOWN');
        const box = await this.#vault.open(tx, tenantId);
        const sealed = box.seal(serviceId, address, { user, password });
        const row = await this.#store.put(tx, { id: randomUUID(), tenantId, serviceId, ...address, ...sealed });
        return { items: [itemOfDataSource(row.id, null, row)], answer: () => dataSourceView(row) };
      });
    } catch (error) {
      if (isDuplicate(error)) throw new ApiError('DATA_SOURCE_EXISTS');
      throw error;
    }
  }

  /** @throws ApiError DATA_SOURCE_UNKNOWN, PRECONDITION_FAILED, MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN, VALIDATION_FAILED */
  async update({ caller, input, ifMatch }: Called<Ops['updateDataSource']>) {
    const { reason, user, password, ...wanted } = input.body;
    const given = user === undefined || password === undefined ? undefined : { user, password };
    if (wanted.host !== undefined) await this.#assertAllowed(wanted.host);
    const request = { kind: 'data_source.updated', actor: actorOf(caller), reason } as const;
    return this.#changes.commit(request, async (tx) => {
      const before = mine(caller, await this.#store.lock(tx, input.params.dataSourceId));
      assertMatch(ifMatch, dataSourceView(before));
      const address = { ...addressOf(before), ...withoutUndefined(wanted) };
      const fault = faultOfAddress(address);
      if (fault !== undefined) throw invalid(fault.path, fault.message);
      if (given === undefined && before.credentials !== null && goesElsewhere(before, address))
        throw invalid(
          'password',
          'is required with user where the data source goes to another server, or by weaker TLS',
        );
      const sealed = await this.#reseal(tx, before, address, given);
      if (sealed === undefined) return { items: [], answer: () => dataSourceView(before) };
      const row = await this.#store.put(tx, { ...before, ...address, ...sealed });
      return { items: [itemOfDataSource(row.id, before, row)], answer: () => dataSourceView(row) };
    });
  }

  /** @throws ApiError DATA_SOURCE_UNKNOWN, PRECONDITION_FAILED */
  async delete({ caller, input, ifMatch }: Called<Ops['deleteDataSource']>): Promise<void> {
    const request = { kind: 'data_source.deleted', actor: actorOf(caller), reason: input.query.reason } as const;
    await this.#changes.commit(request, async (tx) => {
      const row = mine(caller, await this.#store.lock(tx, input.params.dataSourceId));
      assertMatch(ifMatch, dataSourceView(row));
      await this.#store.delete(tx, row.id);
      return { items: [itemOfDataSource(row.id, row, null)], answer: () => undefined };
    });
  }

  /** What is to be kept of the credentials; undefined when neither they nor the address are others than before. */
  async #reseal(tx: Transaction, before: DataSourceRow, address: OpenAddress, given: Credentials | undefined) {
    const isSame = JSON.stringify(addressOf(before)) === JSON.stringify(addressOf(address));
    if (given === undefined && isSame) return undefined;
    const { tenantId, serviceId } = before;
    if (given === undefined && (before.user === null || before.password === null)) return {};
    const box = await this.#vault.open(tx, tenantId);
    if (given !== undefined && isSame && box.fingerprint(serviceId, given) === before.credentials) return undefined;
    const kept = { user: before.user as Uint8Array, password: before.password as Uint8Array };
    return box.seal(serviceId, address, given ?? box.open(serviceId, kept));
  }

  /** It is judged again at every connection; a name that does not resolve now may do so later, so only a plain no counts. */
  async #assertAllowed(host: string): Promise<void> {
    try {
      await Promise.race([this.#guard.resolve(host), setTimeout(RESOLVE_MS, undefined, { ref: false })]);
    } catch (error) {
      if (error instanceof AddressRefused) throw invalid('host', error.message);
    }
  }
}

/** @throws ApiError DATA_SOURCE_UNKNOWN, also for another's tenant */
export function mine(caller: Caller, row: DataSourceRow | undefined): DataSourceRow {
  if (row === undefined || !mayActFor(caller, row.tenantId)) throw new ApiError('DATA_SOURCE_UNKNOWN');
  return row;
}

/** @throws ApiError CURSOR_INVALID */
function placeOf(value: string | number): string {
  const { data } = nameSchema.safeParse(value);
  if (data === undefined) throw new ApiError('CURSOR_INVALID');
  return data;
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('VALIDATION_FAILED', { errors: [{ path: `body.${path}`, message }] });
}

function withoutUndefined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
