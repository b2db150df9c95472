import type { operations, Tenant, TenantService } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant } from '../access/caller.ts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { changedFields } from '../infra/changed-fields.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { describeTenantService } from './describe-tenant-service.ts';
import { tenantState } from './tenant-state.ts';
import { TenantsStore, tenantView } from './tenants.store.ts';

type Ops = typeof operations;

@Injectable()
export class TenantsService {
  constructor(
    private readonly store: TenantsStore,
    private readonly changes: ChangesService,
  ) {}

  /** Those of the caller only. @throws ApiError CURSOR_INVALID */
  async list({ caller, input }: Called<Ops['listTenants']>) {
    const { limit, cursor, ...filter } = input.query;
    const scope = ['tenants', filter];
    const [after = ''] = readCursor(scope, cursor, ['text']) ?? [];
    const rows = await this.store.list(filter, caller.tenantIds, String(after), limit + 1);
    return pageOfRows(rows, limit, scope, (row) => [row.id], tenantView);
  }

  /** @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN */
  async get({ caller, input }: Called<Ops['getTenant']>): Promise<Tenant> {
    assertTenant(caller, input.params.tenantId);
    const row = await this.store.find(input.params.tenantId);
    if (row === undefined) throw new ApiError('TENANT_UNKNOWN');
    return tenantView(row);
  }

  /** @throws ApiError TENANT_EXISTS, also for the id of a deleted tenant */
  async create({ caller, input, idempotency }: Called<Ops['createTenant']>) {
    const { id, reason, ...fields } = input.body;
    const request = { kind: 'tenant.created', actor: actorOf(caller), reason, idempotency } as const;
    try {
      return await this.changes.commit(request, async (tx) => {
        const row = await this.store.insert(tx, id, fields);
        return { items: [itemOf(id, null, tenantState(row))], answer: () => tenantView(row) };
      });
    } catch (error) {
      if (isDuplicate(error)) throw new ApiError('TENANT_EXISTS');
      throw error;
    }
  }

  /** @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN, PRECONDITION_FAILED */
  update({ caller, input, ifMatch }: Called<Ops['updateTenant']>) {
    const { tenantId } = input.params;
    const { reason, ...wanted } = input.body;
    assertTenant(caller, tenantId);
    return this.changes.commit({ kind: 'tenant.updated', actor: actorOf(caller), reason }, async (tx) => {
      const row = await this.store.lock(tx, tenantId);
      if (row === undefined) throw new ApiError('TENANT_UNKNOWN');
      assertMatch(ifMatch, tenantView(row));
      const before = tenantState(row);
      const fields = changedFields(before, wanted);
      if (fields === undefined) return { items: [], answer: () => tenantView(row) };
      const updated = await this.store.update(tx, tenantId, fields);
      return { items: [itemOf(tenantId, before, tenantState(updated))], answer: () => tenantView(updated) };
    });
  }

  /** @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN, PRECONDITION_FAILED */
  async remove({ caller, input, ifMatch }: Called<Ops['deleteTenant']>): Promise<void> {
    const { tenantId } = input.params;
    assertTenant(caller, tenantId);
    const request = { kind: 'tenant.deleted', actor: actorOf(caller), reason: input.query.reason } as const;
    await this.changes.commit(request, async (tx) => {
      const row = await this.store.lock(tx, tenantId);
      if (row === undefined) throw new ApiError('TENANT_UNKNOWN');
      assertMatch(ifMatch, tenantView(row));
      const cells = await this.store.remove(tx, tenantId);
      const dropped = cells.map(
        ({ serviceId, version, isPinned }): ItemDraft => ({
          entity: 'assignment',
          tenantId,
          serviceId,
          key: `${tenantId}/${serviceId}`,
          before: { version, isPinned },
          after: null,
        }),
      );
      return { items: [itemOf(tenantId, tenantState(row), null), ...dropped], answer: () => undefined };
    });
  }

  /** @throws ApiError TENANT_FORBIDDEN, TENANT_UNKNOWN */
  async listServices({ caller, input }: Called<Ops['listTenantServices']>): Promise<{ items: TenantService[] }> {
    assertTenant(caller, input.params.tenantId);
    const rows = await this.store.listServices(input.params.tenantId);
    if (rows === undefined) throw new ApiError('TENANT_UNKNOWN');
    return { items: rows.map((row) => describeTenantService(input.params.tenantId, row)) };
  }
}

function itemOf(id: string, before: ItemDraft['before'], after: ItemDraft['after']): ItemDraft {
  return { entity: 'tenant', tenantId: id, serviceId: null, key: id, before, after };
}
