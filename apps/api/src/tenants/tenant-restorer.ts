import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { draftOf } from '../changes/reverts/restored-item.ts';
import type { Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { tenantState } from './tenant-state.ts';
import { type TenantFields, TenantsStore } from './tenants.store.ts';

/** Tenants: fields, deletion and its opposite. An id stays that of the same tenant all the while. */
@Injectable()
export class TenantRestorer implements Restorer {
  constructor(private readonly store: TenantsStore) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'tenant';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : tenantState(row);
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State): Promise<ItemDraft[]> {
    const { key } = wish;
    if (to === null) {
      const cells = await this.store.remove(tx, key);
      const dropped = cells.map(({ serviceId, version, isPinned }) => ({
        entity: 'assignment' as const,
        tenantId: key,
        serviceId,
        key: `${key}/${serviceId}`,
        before: { version, isPinned },
        after: null,
      }));
      return [draftOf(wish, now, null), ...dropped];
    }
    const fields = to as unknown as TenantFields;
    const row = now === null ? await this.store.restore(tx, key, fields) : await this.store.update(tx, key, fields);
    return [draftOf(wish, now, tenantState(row))];
  }
}
