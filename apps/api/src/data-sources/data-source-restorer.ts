import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { goesElsewhere } from './data-source-address.ts';
import { type DataSourceState, itemOfDataSource, stateOf } from './data-source-row.ts';
import { DataSourcesStore } from './data-sources.store.ts';
import { TenantVault } from './tenant-vault.ts';

const none = { user: null, password: null, config: null, credentials: null };

/**
 * Addresses, also of data sources that were deleted. Credentials are not in the log and do not come back: where the address
 * leads to another server there are none afterwards, until somebody gives some.
 */
@Injectable()
export class DataSourceRestorer implements Restorer {
  constructor(
    private readonly store: DataSourcesStore,
    private readonly vault: TenantVault,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'data_source';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : { ...stateOf(row) };
  }

  async write(tx: Transaction, { key }: Wish, now: State, to: State): Promise<ItemDraft[]> {
    const wanted = to as DataSourceState | null;
    const before = now as DataSourceState | null;
    if (wanted === null) {
      await this.store.delete(tx, key);
      return [itemOfDataSource(key, before, null)];
    }
    const row = before === null ? undefined : await this.store.lock(tx, key);
    if (row === undefined) return [itemOfDataSource(key, null, await this.#bringBack(tx, key, wanted))];
    const address = { ...row, ...wanted, credentials: row.credentials };
    if (JSON.stringify(stateOf(address)) === JSON.stringify(stateOf(row)))
      throw new ApiError('NOT_REVERTIBLE', {
        detail: 'User and password are not taken back from the log: they are not in it. Give them anew.',
      });
    const kept =
      row.user === null || row.password === null || goesElsewhere(row, wanted)
        ? none
        : await this.#reseal(tx, address, { user: row.user, password: row.password });
    const after = await this.store.put(tx, { ...address, ...kept });
    return [itemOfDataSource(key, row, after)];
  }

  async #bringBack(tx: Transaction, id: string, wanted: DataSourceState): Promise<DataSourceState> {
    const { tenantId, serviceId } = wanted;
    if (!(await this.store.holdTenant(tx, tenantId))) throw new ApiError('TENANT_UNKNOWN');
    if ((await this.store.findOf(tx, tenantId, serviceId)) !== undefined) throw new ApiError('DATA_SOURCE_EXISTS');
    return this.store.put(tx, { ...wanted, id, ...none });
  }

  async #reseal(tx: Transaction, state: DataSourceState, kept: { user: Uint8Array; password: Uint8Array }) {
    const box = await this.vault.open(tx, state.tenantId);
    return box.seal(state.serviceId, state, box.open(state.serviceId, kept));
  }
}
