import type { TenantRecord } from './records.ts';
import { type Snapshot, type SnapshotState, TENANT_ACTIVE } from './snapshot-state.ts';

/** Every tenant with its tags, also suspended ones, in no particular order. Regions decide nothing and are not known here. */
export function listTenants(snapshot: Snapshot): TenantRecord[] {
  const state = snapshot as SnapshotState;
  const all: TenantRecord[] = [];
  for (const page of state.tenants) {
    for (const tenant of page ?? []) {
      if (tenant === undefined) continue;
      const ordinal = state.names.ordinals.get(tenant.id) as number;
      const status = state.statusAt(ordinal) === TENANT_ACTIVE ? 'active' : 'suspended';
      all.push({ id: tenant.id, status, tags: tenant.tags });
    }
  }
  return all;
}
