import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import type { AssignmentRecord, HoldRecord, LaneRecord, SchemaRecord, ServiceRecord } from './records.ts';
import { readSpan, type SchemaSpan } from './schema-span.ts';
import type { Snapshot, SnapshotState } from './snapshot-state.ts';

/** What one tenant has of its own in a snapshot, in the order of the services; takes time by the number of services. */
export function readCells(
  snapshot: Snapshot,
  tenantId: string,
): { readonly assignments: readonly AssignmentRecord[]; readonly schemas: readonly SchemaRecord[] } {
  const { names, services } = snapshot as SnapshotState;
  const assignments: AssignmentRecord[] = [];
  const schemas: SchemaRecord[] = [];
  const ordinal = names.ordinals.get(tenantId);
  if (ordinal === undefined) return { assignments, schemas };
  const [page, at] = [ordinal >>> PAGE_BITS, ordinal & PAGE_MASK];
  for (const [serviceId, slot] of services) {
    const cell = slot.cells[page]?.[at] ?? 0;
    if (cell !== 0) {
      const version = slot.names.names[cell & VERSION_MASK]!;
      assignments.push({ tenantId, serviceId, version, isPinned: (cell & PINNED_BIT) !== 0 });
    }
    const schema = schemaRecordOf(tenantId, serviceId, readSpan(slot, ordinal));
    if (schema !== undefined) schemas.push(schema);
  }
  return { assignments, schemas };
}

/** What a tenant's schema of one service serves; undefined where none is recorded. Takes the same time for any snapshot. */
export function findSchema(snapshot: Snapshot, tenantId: string, serviceId: string): SchemaRecord | undefined {
  const { names, services } = snapshot as SnapshotState;
  const ordinal = names.ordinals.get(tenantId);
  const slot = services.get(serviceId);
  if (ordinal === undefined || slot === undefined) return undefined;
  return schemaRecordOf(tenantId, serviceId, readSpan(slot, ordinal));
}

function schemaRecordOf(
  tenantId: string,
  serviceId: string,
  { schemaVersion, expandedTo, isMigrating }: SchemaSpan,
): SchemaRecord | undefined {
  if (Number.isNaN(schemaVersion)) return undefined;
  return {
    tenantId,
    serviceId,
    schemaVersion,
    ...(Number.isNaN(expandedTo) ? {} : { expandedTo }),
    ...(isMigrating ? { isMigrating } : {}),
  };
}

/** The holds of a snapshot. */
export function readHolds(snapshot: Snapshot): readonly HoldRecord[] {
  return [...(snapshot as SnapshotState).holds.values()];
}

/** The lanes of a snapshot. */
export function readLanes(snapshot: Snapshot): readonly LaneRecord[] {
  return [...(snapshot as SnapshotState).lanes.records.values()];
}

/** A service as the catalogue has it. */
export function findService(snapshot: Snapshot, serviceId: string): ServiceRecord | undefined {
  return (snapshot as SnapshotState).services.get(serviceId)?.record ?? undefined;
}
