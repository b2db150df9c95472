import type { Hold } from '@grey/contracts';
import type { HoldRecord } from '@grey/route-core';
import { type Caller, mayActFor } from '../access/caller.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { HoldRow } from './hold-row.ts';

/** Tenants of a scope that a list shows. */
export const LISTED_TENANTS = 100;

/** What is known of a hold: all, or while the log is away perhaps only what is decided by. */
export type KnownHold = HoldRecord & Partial<HoldRow> & { readonly isPending?: boolean };

/** A hold in the words of the API; of a scope's tenants only those that the caller may see. */
export function holdView(row: KnownHold, caller: Caller, mostTenants = Number.POSITIVE_INFINITY): Hold {
  const { scope } = row;
  const visible = scope.kind === 'tenants' ? scope.tenantIds.filter((id) => mayActFor(caller, id)) : null;
  return {
    id: row.id,
    serviceId: row.serviceId,
    fromVersion: row.fromVersion,
    toVersion: row.toVersion,
    scope: visible === null ? (scope as Hold['scope']) : { kind: 'tenants', tenantIds: visible.slice(0, mostTenants) },
    tenantCount: visible?.length ?? null,
    reason: row.reason ?? null,
    createdBy: row.createdBy ?? null,
    operatorId: row.operatorId ?? null,
    createdAt: row.createdAt?.toISOString() ?? null,
    isActive: row.liftedAt == null,
    isPending: row.isPending ?? false,
    liftedAt: row.liftedAt?.toISOString() ?? null,
    liftedBy: row.liftedBy ?? null,
    liftReason: row.liftReason ?? null,
  };
}

/** A hold that comes or goes, as the log keeps it. */
export function itemOfHold(row: HoldRow, isThere: boolean, further: Record<string, unknown> = {}): ItemDraft {
  const { fromVersion, toVersion, scope, operatorId } = row;
  const state = { fromVersion, toVersion, scope, ...(operatorId === null ? {} : { operatorId }), ...further };
  const [tenantId] = scope.kind === 'tenants' && scope.tenantIds.length === 1 ? scope.tenantIds : [null];
  return {
    entity: 'hold',
    tenantId: tenantId ?? null,
    serviceId: row.serviceId,
    key: row.id,
    before: isThere ? null : state,
    after: isThere ? state : null,
  };
}
