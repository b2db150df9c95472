import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { type TenantSchemaCell, TenantSchemasStore } from './tenant-schemas.store.ts';

export type { TenantSchemaCell } from './tenant-schemas.store.ts';

/** What tenants' schemas serve, for the features that move them. Whoever writes puts the items into a change. */
@Injectable()
export class TenantSchemas {
  constructor(private readonly store: TenantSchemasStore) {}

  /** null: none is recorded, so that versions are not guarded. */
  read(tx: Transaction, tenantId: string, serviceId: string): Promise<TenantSchemaCell | null> {
    return this.store.read(tx, tenantId, serviceId);
  }

  /** By tenant. @param tenantIds null: of all that have one */
  readMany(tx: Transaction, serviceId: string, tenantIds: readonly string[] | null) {
    return this.store.readMany(tx, serviceId, tenantIds);
  }

  /** @returns an item for each that changed */
  write(tx: Transaction, cells: readonly TenantSchemaCell[]): Promise<ItemDraft[]> {
    return this.store.write(tx, cells);
  }

  /** From now on their versions are not guarded. @returns an item for each that was there */
  remove(tx: Transaction, cells: readonly Pick<TenantSchemaCell, 'tenantId' | 'serviceId'>[]): Promise<ItemDraft[]> {
    return this.store.remove(tx, cells);
  }
}
