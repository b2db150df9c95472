import { type Hold, holdIdSchema, type operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { assertTenant, type Caller, mayActFor } from '../access/caller.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { holdView, LISTED_TENANTS } from './hold-view.ts';
import { type HoldRow, HoldsStore } from './holds.store.ts';

type Ops = typeof operations;

/** Holds as they are and were. */
@Injectable()
export class HoldsService {
  constructor(private readonly store: HoldsStore) {}

  /** @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN when another's tenant is asked for */
  async list({ caller, input }: Called<Ops['listHolds']>) {
    const { limit, cursor, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['holds', filter];
    const last = readCursor(scope, cursor, ['text', 'text']);
    const before = last && { createdAt: new Date(String(last[0])), id: String(last[1]) };
    if (
      before !== undefined &&
      (Number.isNaN(before.createdAt.getTime()) || !holdIdSchema.safeParse(before.id).success)
    )
      throw new ApiError('CURSOR_INVALID');
    const rows = await this.store.list(filter, caller.tenantIds, before, limit + 1);
    const lastOf = (row: HoldRow) => [row.createdAt.toISOString(), row.id];
    return pageOfRows(rows, limit, scope, lastOf, (row: HoldRow) => holdView(row, caller, LISTED_TENANTS));
  }

  /** @throws ApiError HOLD_UNKNOWN, also when it is for others' tenants alone */
  async get({ caller, input }: Called<Ops['getHold']>): Promise<Hold> {
    const row = await this.store.consistentRead((tx) => this.store.find(tx, input.params.holdId));
    if (row === undefined || !maySeeHold(caller, row)) throw new ApiError('HOLD_UNKNOWN');
    return holdView(row, caller);
  }
}

/** Whether a hold is any of the caller's business. */
export function maySeeHold(caller: Caller, { scope }: Pick<HoldRow, 'scope'>): boolean {
  return scope.kind !== 'tenants' || scope.tenantIds.some((id) => mayActFor(caller, id));
}
