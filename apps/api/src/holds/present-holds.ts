import type { Hold } from '@grey/contracts';
import { type HoldRecord, listTenants, readHolds, type Snapshot } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { PendingOverrides } from '../emergency/pending-overrides.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import { RouterState } from '../routing/router-state.ts';
import { isHeld } from './follow-records.ts';
import type { HoldFilter } from './hold-row.ts';
import { holdView, type KnownHold, LISTED_TENANTS } from './hold-view.ts';
import { maySeeHold } from './may-see-hold.ts';

/** Holds by which this router decides, with what is known of them without the log. */
@Injectable()
export class PresentHolds {
  constructor(
    private readonly router: RouterState,
    private readonly pending: PendingOverrides,
  ) {}

  /** By id. @returns undefined when there is no snapshot @throws ApiError CURSOR_INVALID */
  list(
    caller: Caller,
    { limit, cursor, ...filter }: HoldFilter & { limit: number; cursor?: string | undefined },
  ): { items: Hold[]; nextCursor: string | null } | undefined {
    const { snapshot } = this.router;
    if (snapshot === undefined) return undefined;
    const scope = ['holds-present', filter];
    const [after = ''] = readCursor(scope, cursor, ['text']) ?? [];
    const fits = filterOf(snapshot, filter);
    const rows = this.#known(snapshot)
      .filter((hold) => hold.id > String(after) && maySeeHold(caller, hold) && fits(hold))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const show = (hold: KnownHold) => holdView(hold, caller, LISTED_TENANTS);
    return pageOfRows(rows, limit, scope, ({ id }) => [id], show);
  }

  find(id: string): KnownHold | undefined {
    const { snapshot } = this.router;
    return snapshot && this.#known(snapshot).find((hold) => hold.id === id);
  }

  #known(snapshot: Snapshot): KnownHold[] {
    const overrides = new Map(this.pending.list().map((one) => [one.hold.id, one]));
    return readHolds(snapshot).map((hold) => {
      const override = overrides.get(hold.id);
      if (override === undefined) return hold;
      const { reason, actor: createdBy, operatorId, at } = override;
      return { ...hold, reason, createdBy, operatorId, createdAt: new Date(at), isPending: true };
    });
  }
}

function filterOf(
  snapshot: Snapshot,
  { serviceId, version, tenantId, isActive }: HoldFilter,
): (hold: HoldRecord) => boolean {
  const tenant = tenantId === undefined ? undefined : listTenants(snapshot).find(({ id }) => id === tenantId);
  return (hold) =>
    isActive !== false &&
    (serviceId === undefined || hold.serviceId === serviceId) &&
    (version === undefined || hold.fromVersion === version || hold.toVersion === version) &&
    (tenantId === undefined || isHeld(hold, { id: tenantId, tags: tenant?.tags ?? [] }));
}
