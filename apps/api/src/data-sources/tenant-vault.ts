import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { type MasterKeys, MasterKeyUnknown } from '../infra/secrets/master-keys.ts';
import { SecretsError } from '../infra/secrets/secret-box.ts';
import { TenantBox } from './tenant-box.ts';
import type { TenantKeyRow, TenantKeysStore } from './tenant-keys.store.ts';

/** The boxes of tenants: each opens with a data key, which opens with a master key. */
export class TenantVault {
  readonly #store: TenantKeysStore;
  readonly #keys: MasterKeys | undefined;

  constructor(store: TenantKeysStore, keys: MasterKeys | undefined) {
    this.#store = store;
    this.#keys = keys;
  }

  /** @throws ApiError MASTER_KEY_MISSING */
  get keys(): MasterKeys {
    if (this.#keys === undefined) throw new ApiError('MASTER_KEY_MISSING');
    return this.#keys;
  }

  /** The box of a tenant; its data key is made when it has none. @throws ApiError MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN */
  async open(tx: Transaction, tenantId: string): Promise<TenantBox> {
    const { keys } = this;
    const kept = await this.#store.find(tx, tenantId);
    if (kept !== undefined) return new TenantBox(tenantId, this.unwrap(kept));
    const { keyId, wrapped } = keys.make(tenantId);
    return new TenantBox(tenantId, this.unwrap(await this.#store.insert(tx, { tenantId, keyId, wrapped })));
  }

  /** @throws ApiError MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN */
  unwrap({ tenantId, keyId, wrapped }: TenantKeyRow): Buffer {
    try {
      return this.keys.unwrap(tenantId, keyId, wrapped);
    } catch (error) {
      if (!(error instanceof MasterKeyUnknown || error instanceof SecretsError)) throw error;
      throw new ApiError('MASTER_KEY_UNKNOWN', { detail: `It needs the master key ${keyId}.` }, { cause: error });
    }
  }
}
