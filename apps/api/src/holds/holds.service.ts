import { type Hold, holdIdSchema, type operations } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { assertTenant } from '../access/caller.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { HoldDraft, HoldRow } from './hold-row.ts';
import { holdView, type KnownHold, LISTED_TENANTS } from './hold-view.ts';
import { HoldsStore } from './holds.store.ts';
import { maySeeHold } from './may-see-hold.ts';
import { PresentHolds } from './present-holds.ts';

type Ops = typeof operations;

/** Holds as they are and were. */
@Injectable()
export class HoldsService {
  constructor(
    private readonly store: HoldsStore,
    private readonly present: PresentHolds,
  ) {}

  /**
   * With PostgreSQL away, those by which this router decides.
   * @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN when another's tenant is asked for
   */
  async list(call: Called<Ops['listHolds']>) {
    const { caller, input } = call;
    if (input.query.tenantId !== undefined) assertTenant(caller, input.query.tenantId);
    try {
      return { ...(await this.#listLogged(call)), isFromSnapshot: false };
    } catch (error) {
      if (!isAway(error)) throw error;
      const page = this.present.list(caller, input.query);
      if (page === undefined) throw error;
      return { ...page, isFromSnapshot: true };
    }
  }

  async #listLogged({ caller, input }: Called<Ops['listHolds']>) {
    const { limit, cursor, ...filter } = input.query;
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
    const { holdId } = input.params;
    const row = await this.#find(holdId);
    if (row === undefined || !maySeeHold(caller, row)) throw new ApiError('HOLD_UNKNOWN');
    return holdView(row, caller);
  }

  async #find(holdId: string): Promise<KnownHold | undefined> {
    try {
      return await this.store.consistentRead((tx) => this.store.find(tx, holdId));
    } catch (error) {
      const present = isAway(error) ? this.present.find(holdId) : undefined;
      // One that is not in force may have been.
      if (present === undefined) throw error;
      return present;
    }
  }

  /** A hold as a transaction sees it. */
  find(tx: Transaction, id: string): Promise<HoldRow | undefined> {
    return this.store.find(tx, id);
  }

  /** The holds of a service that are in force, kept from other writers until the transaction ends. */
  lockActive(tx: Transaction, serviceId: string): Promise<HoldRecord[]> {
    return this.store.lockActive(tx, serviceId);
  }

  /** Writes a hold; whoever does has locked the service's and seen that it fits them. */
  insert(tx: Transaction, hold: HoldRecord, by: HoldDraft): Promise<HoldRow> {
    return this.store.insert(tx, hold, by);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'DATABASE_UNAVAILABLE';
}
