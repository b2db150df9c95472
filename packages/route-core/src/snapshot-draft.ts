import { hashAssignmentLane, hashHold, hashLane, hashSchemaLane, hashTenant, type LanePair } from './digest.ts';
import { compileLanes, NO_LANES, numberLaneVersions } from './lanes/lane-table.ts';
import { PINNED_BIT, VERSION_MASK } from './names.ts';
import { PAGE_SIZE, PagesDraft } from './pages.ts';
import type {
  AssignmentRecord,
  CellKey,
  HoldRecord,
  InstanceRecord,
  LaneRecord,
  Position,
  SchemaRecord,
  ServiceRecord,
  TenantRecord,
} from './records.ts';
import { compileService, emptySlot, type ServiceSlot, withColumns } from './service-slot.ts';
import { SnapshotState, TENANT_ACTIVE, TENANT_SUSPENDED, type TenantSlot } from './snapshot-state.ts';
import type { Changes } from './steps.ts';

interface ServiceDraft {
  slot: ServiceSlot;
  readonly cells: PagesDraft<number, Uint16Array>;
  readonly schemas: PagesDraft<number, Float64Array>;
  assignmentCount: number;
  schemaCount: number;
  record: ServiceRecord | null;
  instances: readonly InstanceRecord[];
  /** What was compiled from the catalogue, holds or instances no longer holds. */
  isStale: boolean;
}

const NO_TAGS: readonly string[] = Object.freeze([]);
const newCells = (): Uint16Array => new Uint16Array(PAGE_SIZE);
const newSchemas = (): Float64Array => new Float64Array(PAGE_SIZE).fill(Number.NaN);
const newStatuses = (): Uint8Array => new Uint8Array(PAGE_SIZE);
const newTenants = (): (TenantSlot | undefined)[] => new Array<TenantSlot | undefined>(PAGE_SIZE).fill(undefined);

/** Collects one change; what it does not write, the new snapshot shares with the old one. Used once. */
export class SnapshotDraft {
  readonly #base: SnapshotState;
  readonly #services = new Map<string, ServiceDraft>();
  readonly #tenants: PagesDraft<TenantSlot | undefined, (TenantSlot | undefined)[]>;
  readonly #statuses: PagesDraft<number, Uint8Array>;
  #tenantCount: number;
  #holds: Map<string, HoldRecord> | null = null;
  #lanes: Map<string, LaneRecord> | null = null;
  #digestA: number;
  #digestB: number;

  constructor(base: SnapshotState) {
    this.#base = base;
    this.#tenants = new PagesDraft(base.tenants, newTenants);
    this.#statuses = new PagesDraft(base.statuses, newStatuses);
    this.#tenantCount = base.tenantCount;
    this.#digestA = base.digestA;
    this.#digestB = base.digestB;
  }

  writeTenants(changes: Changes<TenantRecord, string>): void {
    for (const id of changes.remove ?? []) {
      const ordinal = this.#base.names.ordinals.get(id);
      if (ordinal !== undefined) this.#setTenant(ordinal, undefined, 0);
    }
    for (const tenant of changes.upsert ?? []) {
      const { a, b } = hashTenant(tenant);
      const tags = tenant.tags === undefined || tenant.tags.length === 0 ? NO_TAGS : [...tenant.tags];
      const slot = { id: tenant.id, tags, hashA: a, hashB: b };
      const status = tenant.status === 'active' ? TENANT_ACTIVE : TENANT_SUSPENDED;
      this.#setTenant(this.#base.names.number(tenant.id), slot, status);
    }
  }

  writeServices(changes: Changes<ServiceRecord, string>): void {
    for (const id of changes.remove ?? []) {
      if (this.#hasService(id)) this.#setRecord(this.#service(id), null);
    }
    for (const service of changes.upsert ?? []) {
      this.#setRecord(this.#service(service.id), structuredClone(service));
    }
  }

  writeAssignments(changes: Changes<AssignmentRecord, CellKey>): void {
    for (const { tenantId, serviceId } of changes.remove ?? []) {
      const ordinal = this.#base.names.ordinals.get(tenantId);
      if (ordinal !== undefined && this.#hasService(serviceId)) this.#setCell(this.#service(serviceId), ordinal, 0);
    }
    for (const { tenantId, serviceId, version, isPinned } of changes.upsert ?? []) {
      const draft = this.#service(serviceId);
      const number = draft.slot.names.number(version);
      this.#setCell(draft, this.#base.names.number(tenantId), isPinned ? number | PINNED_BIT : number);
    }
  }

  writeSchemas(changes: Changes<SchemaRecord, CellKey>): void {
    for (const { tenantId, serviceId } of changes.remove ?? []) {
      const ordinal = this.#base.names.ordinals.get(tenantId);
      if (ordinal === undefined || !this.#hasService(serviceId)) continue;
      this.#setSchema(this.#service(serviceId), ordinal, Number.NaN);
    }
    for (const { tenantId, serviceId, schemaVersion } of changes.upsert ?? []) {
      this.#setSchema(this.#service(serviceId), this.#base.names.number(tenantId), schemaVersion);
    }
  }

  writeHolds(changes: Changes<HoldRecord, string>): void {
    for (const id of changes.remove ?? []) this.#setHold(id, undefined);
    for (const hold of changes.upsert ?? []) this.#setHold(hold.id, structuredClone(hold));
  }

  writeLanes(changes: Changes<LaneRecord, string>): void {
    for (const tag of changes.remove ?? []) this.#setLane(tag, undefined);
    for (const lane of changes.upsert ?? []) this.#setLane(lane.tag, structuredClone(lane));
  }

  writeInstances(serviceId: string, instances: readonly InstanceRecord[]): void {
    const draft = this.#service(serviceId);
    draft.instances = instances;
    draft.isStale = true;
  }

  *finishInSteps(position: Position): Generator<void, SnapshotState> {
    const base = this.#base;
    const holds = this.#holds ?? base.holds;
    const services = this.#services.size === 0 ? base.services : new Map(base.services);
    const heldBy = Map.groupBy(holds.values(), (hold) => hold.serviceId);
    for (const [id, draft] of this.#services) {
      (services as Map<string, ServiceSlot>).set(id, finishService(draft, heldBy.get(id) ?? []));
      yield;
    }
    const lanes = this.#lanes === null ? base.lanes : this.#lanes.size === 0 ? NO_LANES : compileLanes(this.#lanes);
    const touched =
      this.#lanes === null ? [...this.#services.keys()].map((id) => services.get(id)!) : services.values();
    numberLaneVersions(lanes, touched);
    return new SnapshotState({
      position: { epoch: position.epoch, revision: position.revision },
      names: base.names,
      tenants: this.#tenants.finish(),
      statuses: this.#statuses.finish(),
      tenantCount: this.#tenantCount,
      services,
      holds,
      lanes,
      digestA: this.#digestA,
      digestB: this.#digestB,
    });
  }

  #setTenant(ordinal: number, next: TenantSlot | undefined, status: number): void {
    const before = this.#tenants.get(ordinal);
    if (before === undefined && next === undefined) return;
    this.#tenantCount += (next === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    this.#addHash((next?.hashA ?? 0) - (before?.hashA ?? 0), (next?.hashB ?? 0) - (before?.hashB ?? 0));
    this.#tenants.set(ordinal, next);
    this.#statuses.set(ordinal, status);
  }

  #setRecord(draft: ServiceDraft, record: ServiceRecord | null): void {
    // Compiled here already, as its hash is part of the slot and a later record of the same id must take it back.
    const { slot } = draft;
    draft.slot = compileService({ ...slot, record, instances: [] }, slot, slot.nameHash);
    draft.record = record;
    draft.isStale = true;
    this.#exchange(slot.recordHash, draft.slot.recordHash);
  }

  #setCell(draft: ServiceDraft, ordinal: number, next: number): void {
    const before = draft.cells.get(ordinal) ?? 0;
    if (before === next) return;
    draft.assignmentCount += (next === 0 ? 0 : 1) - (before === 0 ? 0 : 1);
    const { laneA, laneB } = this.#base.names;
    const { names, nameHash } = draft.slot;
    const a = cellHash(laneA[ordinal]!, nameHash.a, names.laneA, next);
    const b = cellHash(laneB[ordinal]!, nameHash.b, names.laneB, next);
    const oldA = cellHash(laneA[ordinal]!, nameHash.a, names.laneA, before);
    const oldB = cellHash(laneB[ordinal]!, nameHash.b, names.laneB, before);
    this.#addHash(a - oldA, b - oldB);
    draft.cells.set(ordinal, next);
  }

  #setSchema(draft: ServiceDraft, ordinal: number, next: number): void {
    const before = draft.schemas.get(ordinal) ?? Number.NaN;
    if (Object.is(before, next)) return;
    draft.schemaCount += (Number.isNaN(next) ? 0 : 1) - (Number.isNaN(before) ? 0 : 1);
    const { names } = this.#base;
    const { nameHash } = draft.slot;
    const a =
      schemaHash(names.laneA[ordinal]!, nameHash.a, next) - schemaHash(names.laneA[ordinal]!, nameHash.a, before);
    const b =
      schemaHash(names.laneB[ordinal]!, nameHash.b, next) - schemaHash(names.laneB[ordinal]!, nameHash.b, before);
    this.#addHash(a, b);
    draft.schemas.set(ordinal, next);
  }

  #setHold(id: string, next: HoldRecord | undefined): void {
    const before = (this.#holds ?? this.#base.holds).get(id);
    if (before === undefined && next === undefined) return;
    this.#holds ??= new Map(this.#base.holds);
    if (before !== undefined) {
      this.#service(before.serviceId).isStale = true;
      this.#exchange(hashHold(before), null);
      this.#holds.delete(id);
    }
    if (next !== undefined) {
      this.#service(next.serviceId).isStale = true;
      this.#exchange(null, hashHold(next));
      this.#holds.set(id, next);
    }
  }

  #setLane(tag: string, next: LaneRecord | undefined): void {
    const before = (this.#lanes ?? this.#base.lanes.records).get(tag);
    if (before === undefined && next === undefined) return;
    this.#lanes ??= new Map(this.#base.lanes.records);
    this.#exchange(before === undefined ? null : hashLane(before), next === undefined ? null : hashLane(next));
    if (next === undefined) this.#lanes.delete(tag);
    else this.#lanes.set(tag, next);
  }

  #exchange(before: LanePair | null, next: LanePair | null): void {
    this.#addHash((next?.a ?? 0) - (before?.a ?? 0), (next?.b ?? 0) - (before?.b ?? 0));
  }

  #addHash(a: number, b: number): void {
    this.#digestA = (this.#digestA + a) | 0;
    this.#digestB = (this.#digestB + b) | 0;
  }

  #hasService(id: string): boolean {
    return this.#services.has(id) || this.#base.services.has(id);
  }

  #service(id: string): ServiceDraft {
    const known = this.#services.get(id);
    if (known !== undefined) return known;
    const slot = this.#base.services.get(id) ?? emptySlot(id);
    const draft: ServiceDraft = {
      slot,
      cells: new PagesDraft<number, Uint16Array>(slot.cells, newCells),
      schemas: new PagesDraft<number, Float64Array>(slot.schemas, newSchemas),
      assignmentCount: slot.assignmentCount,
      schemaCount: slot.schemaCount,
      record: slot.record,
      instances: slot.instances,
      isStale: false,
    };
    this.#services.set(id, draft);
    return draft;
  }
}

function finishService(draft: ServiceDraft, holds: readonly HoldRecord[]): ServiceSlot {
  const { slot, assignmentCount, schemaCount, record, instances } = draft;
  const columns = { cells: draft.cells.finish(), schemas: draft.schemas.finish(), assignmentCount, schemaCount };
  if (!draft.isStale) return withColumns(slot, columns);
  const { id, names, plan } = slot;
  return compileService({ id, record, plan, names, holds, instances }, columns, slot.nameHash);
}

function cellHash(tenant: number, service: number, versions: readonly number[], cell: number): number {
  if (cell === 0) return 0;
  return hashAssignmentLane(tenant, service, versions[cell & VERSION_MASK]!, (cell & PINNED_BIT) !== 0);
}

function schemaHash(tenant: number, service: number, schemaVersion: number): number {
  return Number.isNaN(schemaVersion) ? 0 : hashSchemaLane(tenant, service, schemaVersion);
}
