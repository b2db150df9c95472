import { DigestSum, hashHold, hashLane, hashTenant } from './digest.ts';
import { compileLanes, NO_LANES, numberLaneVersions } from './lanes/lane-table.ts';
import { PINNED_BIT } from './names.ts';
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
import { NO_SCHEMA, spanOf } from './schema-span.ts';
import { ServiceDraft } from './service-draft.ts';
import { emptySlot, type ServiceSlot } from './service-slot.ts';
import { SnapshotState, TENANT_ACTIVE, TENANT_SUSPENDED, type TenantSlot } from './snapshot-state.ts';
import type { Changes } from './steps.ts';

const NO_TAGS: readonly string[] = Object.freeze([]);
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
  readonly #digest: DigestSum;

  constructor(base: SnapshotState) {
    this.#base = base;
    this.#tenants = new PagesDraft(base.tenants, newTenants);
    this.#statuses = new PagesDraft(base.statuses, newStatuses);
    this.#tenantCount = base.tenantCount;
    this.#digest = new DigestSum(base.digestA, base.digestB);
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
      if (this.#hasService(id)) this.#service(id).setRecord(null);
    }
    for (const service of changes.upsert ?? []) {
      this.#service(service.id).setRecord(structuredClone(service));
    }
  }

  writeAssignments(changes: Changes<AssignmentRecord, CellKey>): void {
    for (const { tenantId, serviceId } of changes.remove ?? []) {
      const ordinal = this.#base.names.ordinals.get(tenantId);
      if (ordinal !== undefined && this.#hasService(serviceId)) this.#service(serviceId).setCell(ordinal, 0);
    }
    for (const { tenantId, serviceId, version, isPinned } of changes.upsert ?? []) {
      const draft = this.#service(serviceId);
      const number = draft.slot.names.number(version);
      draft.setCell(this.#base.names.number(tenantId), isPinned ? number | PINNED_BIT : number);
    }
  }

  writeSchemas(changes: Changes<SchemaRecord, CellKey>): void {
    for (const { tenantId, serviceId } of changes.remove ?? []) {
      const ordinal = this.#base.names.ordinals.get(tenantId);
      if (ordinal === undefined || !this.#hasService(serviceId)) continue;
      this.#service(serviceId).setSchema(ordinal, NO_SCHEMA);
    }
    for (const record of changes.upsert ?? []) {
      this.#service(record.serviceId).setSchema(this.#base.names.number(record.tenantId), spanOf(record));
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
      (services as Map<string, ServiceSlot>).set(id, draft.finish(heldBy.get(id) ?? []));
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
      digestA: this.#digest.a,
      digestB: this.#digest.b,
    });
  }

  #setTenant(ordinal: number, next: TenantSlot | undefined, status: number): void {
    const before = this.#tenants.get(ordinal);
    if (before === undefined && next === undefined) return;
    this.#tenantCount += (next === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    this.#digest.add((next?.hashA ?? 0) - (before?.hashA ?? 0), (next?.hashB ?? 0) - (before?.hashB ?? 0));
    this.#tenants.set(ordinal, next);
    this.#statuses.set(ordinal, status);
  }

  #setHold(id: string, next: HoldRecord | undefined): void {
    const before = (this.#holds ?? this.#base.holds).get(id);
    if (before === undefined && next === undefined) return;
    this.#holds ??= new Map(this.#base.holds);
    if (before !== undefined) {
      this.#service(before.serviceId).isStale = true;
      this.#digest.exchange(hashHold(before), null);
      this.#holds.delete(id);
    }
    if (next !== undefined) {
      this.#service(next.serviceId).isStale = true;
      this.#digest.exchange(null, hashHold(next));
      this.#holds.set(id, next);
    }
  }

  #setLane(tag: string, next: LaneRecord | undefined): void {
    const before = (this.#lanes ?? this.#base.lanes.records).get(tag);
    if (before === undefined && next === undefined) return;
    this.#lanes ??= new Map(this.#base.lanes.records);
    this.#digest.exchange(before === undefined ? null : hashLane(before), next === undefined ? null : hashLane(next));
    if (next === undefined) this.#lanes.delete(tag);
    else this.#lanes.set(tag, next);
  }

  #hasService(id: string): boolean {
    return this.#services.has(id) || this.#base.services.has(id);
  }

  #service(id: string): ServiceDraft {
    const known = this.#services.get(id);
    if (known !== undefined) return known;
    const draft = new ServiceDraft(this.#base.services.get(id) ?? emptySlot(id), this.#base.names, this.#digest);
    this.#services.set(id, draft);
    return draft;
  }
}
