import { formatDigest } from './digest.ts';
import type { LaneTable } from './lanes/lane-table.ts';
import type { TenantNames } from './names.ts';
import { PAGE_BITS, PAGE_MASK, type Pages } from './pages.ts';
import type { HoldRecord, InstanceRecord, Position } from './records.ts';
import type { ServiceSlot } from './service-slot.ts';

export interface SnapshotStats {
  readonly tenantCount: number;
  /** Those that are not suspended. */
  readonly activeTenantCount: number;
  readonly serviceCount: number;
  readonly versionCount: number;
  readonly assignmentCount: number;
  readonly schemaCount: number;
  readonly holdCount: number;
  readonly laneCount: number;
  readonly instanceCount: number;
  /** Bytes of the columns that hold assignments and schema versions. */
  readonly columnBytes: number;
}

/** The whole configuration at one position, plus the instances known. Immutable: changes give a new one that shares the rest. */
export interface Snapshot {
  readonly position: Position;
  /**
   * 16 hexadecimal digits over the configuration (not the instances, not the position). Equal for equal configurations,
   * whatever order of changes led there; different ones collide with a probability of 2⁻⁶⁴.
   */
  readonly digest: string;
  /** Whether the configuration knows the tenant, also a suspended one. */
  hasTenant(tenantId: string): boolean;
  /** Whether the catalogue has the service. */
  hasService(serviceId: string): boolean;
  /** Whether the catalogue has the version, also a retired one. */
  hasVersion(serviceId: string, version: string): boolean;
  /** Every instance as it was last told, also those that may not answer now. */
  listInstances(): InstanceRecord[];
  stats(): SnapshotStats;
}

const NO_TAGS: readonly string[] = [];

/** @internal a tenant with its share of the digest */
export interface TenantSlot {
  readonly id: string;
  readonly tags: readonly string[];
  readonly hashA: number;
  readonly hashB: number;
}

/** @internal in the column of statuses; 0 = there is no such tenant */
export const TENANT_ACTIVE = 1;
export const TENANT_SUSPENDED = 2;

/** @internal */
export interface SnapshotParts {
  readonly position: Position;
  readonly names: TenantNames;
  readonly tenants: Pages<(TenantSlot | undefined)[]>;
  /** Beside the tenants, as most decisions ask a tenant nothing else and a byte stays in the processor's cache. */
  readonly statuses: Pages<Uint8Array>;
  readonly tenantCount: number;
  readonly services: ReadonlyMap<string, ServiceSlot>;
  readonly holds: ReadonlyMap<string, HoldRecord>;
  readonly lanes: LaneTable;
  readonly digestA: number;
  readonly digestB: number;
}

/** @internal what stands behind a Snapshot */
export class SnapshotState implements Snapshot, SnapshotParts {
  readonly position: Position;
  readonly names: TenantNames;
  readonly tenants: Pages<(TenantSlot | undefined)[]>;
  readonly statuses: Pages<Uint8Array>;
  readonly tenantCount: number;
  readonly services: ReadonlyMap<string, ServiceSlot>;
  readonly holds: ReadonlyMap<string, HoldRecord>;
  readonly lanes: LaneTable;
  readonly digestA: number;
  readonly digestB: number;

  constructor(parts: SnapshotParts) {
    this.position = parts.position;
    this.names = parts.names;
    this.tenants = parts.tenants;
    this.statuses = parts.statuses;
    this.tenantCount = parts.tenantCount;
    this.services = parts.services;
    this.holds = parts.holds;
    this.lanes = parts.lanes;
    this.digestA = parts.digestA;
    this.digestB = parts.digestB;
  }

  get digest(): string {
    return formatDigest(this.digestA, this.digestB);
  }

  /** The status code of a tenant, 0 for a name without one. */
  statusAt(ordinal: number): number {
    return this.statuses[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? 0;
  }

  /** @param ordinal -1 for a name that was never seen */
  tagsAt(ordinal: number): readonly string[] {
    return (ordinal < 0 ? undefined : this.tenants[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK]?.tags) ?? NO_TAGS;
  }

  hasTenant(tenantId: string): boolean {
    const ordinal = this.names.ordinals.get(tenantId);
    return ordinal !== undefined && this.statusAt(ordinal) !== 0;
  }

  hasService(serviceId: string): boolean {
    return (this.services.get(serviceId)?.record ?? null) !== null;
  }

  hasVersion(serviceId: string, version: string): boolean {
    const slot = this.services.get(serviceId);
    const number = slot?.names.numbers.get(version);
    return number !== undefined && slot?.versions[number] !== undefined;
  }

  listInstances(): InstanceRecord[] {
    return [...this.services.values()].flatMap((slot) => slot.instances);
  }

  stats(): SnapshotStats {
    let activeTenantCount = 0;
    for (const page of this.statuses)
      for (const status of page ?? []) if (status === TENANT_ACTIVE) activeTenantCount++;
    let serviceCount = 0;
    let versionCount = 0;
    let assignmentCount = 0;
    let schemaCount = 0;
    let instanceCount = 0;
    let columnBytes = 0;
    for (const slot of this.services.values()) {
      if (slot.record !== null) serviceCount++;
      versionCount += slot.record?.versions.length ?? 0;
      assignmentCount += slot.assignmentCount;
      schemaCount += slot.schemaCount;
      instanceCount += slot.instances.length;
      for (const page of slot.cells) columnBytes += page?.byteLength ?? 0;
      for (const column of [slot.schemas, slot.expansions, slot.marks])
        for (const page of column) columnBytes += page?.byteLength ?? 0;
    }
    const { tenantCount } = this;
    const holdCount = this.holds.size;
    const laneCount = this.lanes.records.size;
    return {
      tenantCount,
      activeTenantCount,
      serviceCount,
      versionCount,
      assignmentCount,
      schemaCount,
      holdCount,
      laneCount,
      instanceCount,
      columnBytes,
    };
  }
}
