import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import { findService, readCells, readHolds, readLanes } from './read-cells.ts';
import type { HoldRecord, SnapshotSource, TenantRecord } from './records.ts';
import { type Snapshot, type SnapshotState, TENANT_ACTIVE } from './snapshot-state.ts';

/** A small snapshot's source, as plain lists. */
export type ServiceSource = {
  readonly [K in keyof SnapshotSource]-?: K extends 'position' ? SnapshotSource[K] : ListOf<K>;
};
type ListOf<K extends keyof SnapshotSource> =
  NonNullable<SnapshotSource[K]> extends Iterable<infer Item> ? readonly Item[] : never;

/**
 * What deciding for one service and one tenant needs, so that `buildSnapshot` of it decides as this snapshot does for them:
 * for a playground elsewhere. Of holds for listed tenants only this one is told, and no other tenant is named.
 *
 * @param tenantId absent: no tenant at all, for those that the service does not know
 * @returns undefined when the catalogue does not have the service
 */
export function readService(snapshot: Snapshot, serviceId: string, tenantId?: string): ServiceSource | undefined {
  const service = findService(snapshot, serviceId);
  if (service === undefined) return undefined;
  const tenant = tenantId === undefined ? undefined : findTenant(snapshot as SnapshotState, tenantId);
  const cells = tenant === undefined ? undefined : readCells(snapshot, tenant.id);
  return {
    position: snapshot.position,
    tenants: tenant === undefined ? [] : [tenant],
    services: [service],
    assignments: cells?.assignments.filter((cell) => cell.serviceId === serviceId) ?? [],
    schemas: cells?.schemas.filter((cell) => cell.serviceId === serviceId) ?? [],
    holds: readHolds(snapshot)
      .filter((hold) => hold.serviceId === serviceId)
      .flatMap((hold) => narrowHold(hold, tenantId)),
    lanes: readLanes(snapshot),
    instances: (snapshot as SnapshotState).services.get(serviceId)?.instances ?? [],
  };
}

/** Its region decides nothing, and so a snapshot does not know it. */
function findTenant(state: SnapshotState, tenantId: string): TenantRecord | undefined {
  if (!state.hasTenant(tenantId)) return undefined;
  const ordinal = state.names.ordinals.get(tenantId) as number;
  const tags = state.tenants[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK]?.tags ?? [];
  return { id: tenantId, status: state.statusAt(ordinal) === TENANT_ACTIVE ? 'active' : 'suspended', tags };
}

function narrowHold(hold: HoldRecord, tenantId: string | undefined): HoldRecord[] {
  const { scope } = hold;
  if (scope.kind !== 'tenants') return [hold];
  if (tenantId === undefined || !scope.tenantIds.includes(tenantId)) return [];
  return [{ ...hold, scope: { kind: 'tenants', tenantIds: [tenantId] } }];
}
