import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { AddressGuard, Target } from '../infra/net/address-guard.ts';
import { endWith } from '../infra/net/end-with.ts';
import { SecretsError } from '../infra/secrets/secret-box.ts';
import { addressOf, type DataSourceAddress, type OpenAddress } from './data-source-address.ts';
import type { DataSourceRow } from './data-source-row.ts';
import type { DataSourcesStore } from './data-sources.store.ts';
import type { ServerSlots } from './server-slots.ts';
import type { TenantVault } from './tenant-vault.ts';

/** For whoever connects to databases of tenants: addresses with credentials, and the way there. */
export class DataSourceAccess {
  readonly #store: DataSourcesStore;
  readonly #vault: TenantVault;
  readonly #guard: AddressGuard;
  readonly #slots: ServerSlots;

  constructor(store: DataSourcesStore, vault: TenantVault, guard: AddressGuard, slots: ServerSlots) {
    this.#store = store;
    this.#vault = vault;
    this.#guard = guard;
    this.#slots = slots;
  }

  /**
   * Where the data of a tenant in a service lie; undefined when nobody has said so, or without credentials.
   * @throws ApiError MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN
   */
  find(tenantId: string, serviceId: string): Promise<DataSourceAddress | undefined> {
    return this.#store.consistentRead(async (tx) => {
      const row = await this.#store.findOf(tx, tenantId, serviceId);
      return row === undefined ? undefined : this.open(tx, row);
    });
  }

  /** @throws ApiError MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN */
  async open(tx: Transaction, row: DataSourceRow): Promise<DataSourceAddress | undefined> {
    const { user, password } = row;
    if (user === null || password === null) return undefined;
    const box = await this.#vault.open(tx, row.tenantId);
    try {
      return { ...addressOf(row), ...box.open(row.serviceId, { user, password }) };
    } catch (error) {
      if (error instanceof SecretsError) throw new ApiError('MASTER_KEY_UNKNOWN', {}, { cause: error });
      throw error;
    }
  }

  /**
   * Does something with the server of an address, with no more at it at a time than are allowed for. `work` must connect to
   * the target: the one address that was judged, whatever the name resolves to a moment later.
   *
   * @param signal ends the waiting for name server and turn; to end the work is up to the work
   * @throws AddressRefused, ServerBusy, Error when the name does not resolve, and what `work` throws
   */
  async connect<T>({ host, port }: OpenAddress, signal: AbortSignal, work: (target: Target) => Promise<T>): Promise<T> {
    const target = await endWith(signal, this.#guard.resolve(host));
    return this.#slots.run(`${target.address} ${port}`, signal, () => work(target));
  }
}
