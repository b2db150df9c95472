import type { ChangeItem, Position } from '@grey/contracts';
import type {
  AssignmentRecord,
  CellKey,
  HoldRecord,
  LaneRecord,
  SchemaRecord,
  ServiceRecord,
  SnapshotDelta,
  TenantRecord,
} from '@grey/route-core';

/**
 * What a change means to the engine. Live hand-over and replay from the log both come through here, so that a router
 * that followed and one that caught up cannot differ.
 *
 * @param services whole records of the services that changed; versions belong to their service's record
 */
export function deltaOfItems(
  position: Position,
  items: readonly ChangeItem[],
  services: readonly ServiceRecord[],
): SnapshotDelta {
  const tenants = { upsert: [] as TenantRecord[], remove: [] as string[] };
  const assignments = { upsert: [] as AssignmentRecord[], remove: [] as CellKey[] };
  const lanes = { upsert: [] as LaneRecord[], remove: [] as string[] };
  const schemas = { upsert: [] as SchemaRecord[], remove: [] as CellKey[] };
  const holds = { upsert: [] as HoldRecord[], remove: [] as string[] };
  for (const item of items) {
    if (item.entity === 'tenant') {
      if (item.after === null) tenants.remove.push(item.key);
      else tenants.upsert.push(tenantRecordOf(item.key, item.after as unknown as TenantState));
    } else if (item.entity === 'assignment') {
      const cell = { tenantId: item.tenantId as string, serviceId: item.serviceId as string };
      const after = item.after as { version: string; isPinned: boolean } | null;
      if (after === null) assignments.remove.push(cell);
      else assignments.upsert.push({ ...cell, version: after.version, isPinned: after.isPinned });
    } else if (item.entity === 'tenant_schema') {
      const cell = { tenantId: item.tenantId as string, serviceId: item.serviceId as string };
      if (item.after === null) schemas.remove.push(cell);
      else schemas.upsert.push(schemaRecordOf({ ...cell, ...(item.after as unknown as SchemaState) }));
    } else if (item.entity === 'lane') {
      if (item.after === null) lanes.remove.push(item.key);
      else lanes.upsert.push(laneRecordOf(item.key, item.after as unknown as LaneState));
    } else if (item.entity === 'hold') {
      if (item.after === null) holds.remove.push(item.key);
      else holds.upsert.push(holdRecordOf(item.key, item.serviceId as string, item.after as unknown as HoldState));
    }
  }
  return {
    ...position,
    ...(tenants.upsert.length + tenants.remove.length > 0 ? { tenants } : {}),
    ...(services.length > 0 ? { services: { upsert: services } } : {}),
    ...(assignments.upsert.length + assignments.remove.length > 0 ? { assignments } : {}),
    ...(schemas.upsert.length + schemas.remove.length > 0 ? { schemas } : {}),
    ...(holds.upsert.length + holds.remove.length > 0 ? { holds } : {}),
    ...(lanes.upsert.length + lanes.remove.length > 0 ? { lanes } : {}),
  };
}

interface TenantState {
  readonly status: string;
  readonly region: string | null;
  readonly tags: readonly string[];
}

/** What the log keeps of a lane. */
export interface LaneState extends Pick<LaneRecord, 'mode' | 'versions'> {
  readonly name: string;
  readonly entry: LaneRecord['entry'] | null;
}

/** A lane as the engine sees it. */
export function laneRecordOf(tag: string, { mode, versions, entry }: LaneState): LaneRecord {
  return { tag, mode, versions, ...(entry == null ? {} : { entry }) };
}

/** What the log keeps of a tenant's schema. */
export type SchemaState = Required<Omit<SchemaRecord, keyof CellKey>>;

/** A tenant's schema as the engine sees it: what older engines know too is said as they know it. */
export function schemaRecordOf(cell: CellKey & SchemaState): SchemaRecord {
  const { tenantId, serviceId, schemaVersion, expandedTo, isMigrating } = cell;
  return {
    tenantId,
    serviceId,
    schemaVersion,
    ...(expandedTo === schemaVersion ? {} : { expandedTo }),
    ...(isMigrating ? { isMigrating } : {}),
  };
}

/** What the log keeps of a hold, besides what only people read. */
export type HoldState = Pick<HoldRecord, 'fromVersion' | 'toVersion' | 'scope'>;

/** A hold as the engine sees it. */
export function holdRecordOf(id: string, serviceId: string, { fromVersion, toVersion, scope }: HoldState): HoldRecord {
  return { id, serviceId, fromVersion, toVersion, scope };
}

/** A tenant as the engine sees it. */
export function tenantRecordOf(id: string, { status, region, tags }: TenantState): TenantRecord {
  return { id, status: status as TenantRecord['status'], ...(region === null ? {} : { region }), tags };
}
