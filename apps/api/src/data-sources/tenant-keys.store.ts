import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';

/** The data key of a tenant as it is kept. */
export interface TenantKeyRow {
  readonly tenantId: string;
  readonly keyId: string;
  readonly wrapped: Uint8Array;
}

@Injectable()
export class TenantKeysStore {
  async find(tx: Transaction, tenantId: string): Promise<TenantKeyRow | undefined> {
    const [row] = await tx.$queryRaw<TenantKeyRow[]>`
      SELECT tenant_id AS "tenantId", key_id AS "keyId", wrapped FROM tenant_keys WHERE tenant_id = ${tenantId}`;
    return row;
  }

  /** Keeps a key unless somebody else has just kept one. @returns the one that is kept */
  async insert(tx: Transaction, { tenantId, keyId, wrapped }: TenantKeyRow): Promise<TenantKeyRow> {
    const [row] = await tx.$queryRaw<TenantKeyRow[]>`
      INSERT INTO tenant_keys AS k (tenant_id, key_id, wrapped) VALUES (${tenantId}, ${keyId}, ${wrapped})
      ON CONFLICT (tenant_id) DO UPDATE SET key_id = k.key_id
      RETURNING tenant_id AS "tenantId", key_id AS "keyId", wrapped`;
    return row as TenantKeyRow;
  }
}
