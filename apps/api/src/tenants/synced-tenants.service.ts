import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { type NewTenant, SyncedTenantsStore, type TenantRow, type TenantState } from './synced-tenants.store.ts';

export type { TenantRow, TenantState } from './synced-tenants.store.ts';

/** What is to become of tenants that were read before. */
export interface TenantWrites {
  readonly creates: readonly NewTenant[];
  readonly updates: readonly { readonly row: TenantRow; readonly state: TenantState }[];
  readonly deletes: readonly TenantRow[];
}

/** Tenants by the thousand, inside the transaction of a change. */
@Injectable()
export class SyncedTenantsService {
  constructor(private readonly store: SyncedTenantsStore) {}

  /** Every tenant by id, deleted ones included. */
  readAll(tx: Transaction): Promise<TenantRow[]> {
    return this.store.readAll(tx);
  }

  /** Assignments of these tenants. */
  countAssignments(tx: Transaction, ids: readonly string[]): Promise<number> {
    return this.store.countAssignments(tx, ids);
  }

  /**
   * @returns what was done, for the log: tenants by id, then the assignments of deleted ones
   * @throws RaceLostError when a tenant is no longer as it was read; the transaction is to start over
   */
  async write(tx: Transaction, { creates, updates, deletes }: TenantWrites): Promise<ItemDraft[]> {
    const touched = [...updates.map((update) => update.row), ...deletes];
    if (touched.length > 0) await this.store.lock(tx, touched);
    if (creates.length > 0) await this.store.insert(tx, creates);
    if (updates.length > 0)
      await this.store.update(
        tx,
        updates.map(({ row, state }) => ({ id: row.id, state })),
      );
    const ids = deletes.map((row) => row.id);
    const cells = ids.length === 0 ? [] : await this.store.remove(tx, ids);
    const tenants = [
      ...creates.map(({ id, state }) => itemOf(id, null, state)),
      ...updates.map(({ row, state }) => itemOf(row.id, stateOf(row), state)),
      ...deletes.map((row) => itemOf(row.id, stateOf(row), null)),
    ].sort((a, b) => (a.key < b.key ? -1 : 1));
    const dropped = cells.map(
      ({ tenantId, serviceId, version, isPinned }): ItemDraft => ({
        entity: 'assignment',
        tenantId,
        serviceId,
        key: `${tenantId}/${serviceId}`,
        before: { version, isPinned },
        after: null,
      }),
    );
    return [...tenants, ...dropped];
  }
}

/** What the log keeps of a row. */
export function stateOf({ name, status, tier, region, tags, metadata }: TenantState): TenantState {
  return { name, status, tier, region, tags, metadata };
}

function itemOf(id: string, before: TenantState | null, after: TenantState | null): ItemDraft {
  return {
    entity: 'tenant',
    tenantId: id,
    serviceId: null,
    key: id,
    before: before === null ? null : { ...before },
    after: after === null ? null : { ...after },
  };
}
