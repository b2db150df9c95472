import { PositionGapError } from './errors.ts';
import { normalizeInstances } from './instance-table.ts';
import { NO_LANES } from './lanes/lane-table.ts';
import { TenantNames } from './names.ts';
import type {
  AssignmentRecord,
  CellKey,
  InstanceRecord,
  SchemaRecord,
  SnapshotDelta,
  SnapshotSource,
  TenantRecord,
} from './records.ts';
import { compileService, emptySlot } from './service-slot.ts';
import { SnapshotDraft } from './snapshot-draft.ts';
import { type Snapshot, SnapshotState } from './snapshot-state.ts';
import { runSteps, writeInSteps } from './steps.ts';

/** Builds a snapshot from nothing. Reads each list of the source once. @throws SnapshotLimitError */
export function buildSnapshot(source: SnapshotSource): Snapshot {
  return runSteps(buildSnapshotInSteps(source));
}

/** As `buildSnapshot`, in steps of about a millisecond, so that requests can be answered between them. */
export function* buildSnapshotInSteps(source: SnapshotSource): Generator<void, Snapshot> {
  const draft = new SnapshotDraft(emptyState());
  yield* writeInSteps<TenantRecord, string>({ upsert: source.tenants }, (some) => draft.writeTenants(some));
  for (const service of source.services) {
    draft.writeServices({ upsert: [service] });
    yield;
  }
  yield* writeInSteps<AssignmentRecord, CellKey>({ upsert: source.assignments }, (some) =>
    draft.writeAssignments(some),
  );
  yield* writeInSteps<SchemaRecord, CellKey>({ upsert: source.schemas }, (some) => draft.writeSchemas(some));
  draft.writeHolds({ upsert: source.holds });
  draft.writeLanes({ upsert: source.lanes });
  const byService = new Map<string, InstanceRecord[]>();
  for (const instance of source.instances) {
    const list = byService.get(instance.serviceId);
    if (list === undefined) byService.set(instance.serviceId, [instance]);
    else list.push(instance);
  }
  for (const [serviceId, instances] of byService) draft.writeInstances(serviceId, normalizeInstances(instances));
  return yield* draft.finishInSteps(source.position);
}

/**
 * The snapshot after one more change. The given one stays as it was; only what the change touches is copied.
 * @throws PositionGapError unless the delta is of the same epoch and the next revision
 * @throws SnapshotLimitError
 */
export function applyDelta(snapshot: Snapshot, delta: SnapshotDelta): Snapshot {
  return runSteps(applyDeltaInSteps(snapshot, delta));
}

/** As `applyDelta`, in steps of about a millisecond, so that requests can be answered between them. */
export function* applyDeltaInSteps(snapshot: Snapshot, delta: SnapshotDelta): Generator<void, Snapshot> {
  const base = snapshot as SnapshotState;
  const position = { epoch: delta.epoch, revision: delta.revision };
  if (position.epoch !== base.position.epoch || position.revision !== base.position.revision + 1) {
    throw new PositionGapError(base.position, position);
  }
  const draft = new SnapshotDraft(base);
  if (delta.tenants) yield* writeInSteps(delta.tenants, (some) => draft.writeTenants(some));
  if (delta.services) draft.writeServices(delta.services);
  if (delta.assignments) yield* writeInSteps(delta.assignments, (some) => draft.writeAssignments(some));
  if (delta.schemas) yield* writeInSteps(delta.schemas, (some) => draft.writeSchemas(some));
  if (delta.holds) draft.writeHolds(delta.holds);
  if (delta.lanes) draft.writeLanes(delta.lanes);
  return yield* draft.finishInSteps(position);
}

/** The same configuration with another list of instances for one service; position and digest do not change. */
export function withInstances(snapshot: Snapshot, serviceId: string, instances: Iterable<InstanceRecord>): Snapshot {
  const base = snapshot as SnapshotState;
  const slot = base.services.get(serviceId) ?? emptySlot(serviceId);
  const services = new Map(base.services);
  const own = normalizeInstances(instances);
  services.set(serviceId, compileService({ ...slot, instances: own }, slot, slot.nameHash));
  return new SnapshotState({ ...base, services });
}

function emptyState(): SnapshotState {
  return new SnapshotState({
    position: { epoch: '', revision: 0 },
    names: new TenantNames(),
    tenants: [],
    statuses: [],
    tenantCount: 0,
    services: new Map(),
    holds: new Map(),
    lanes: NO_LANES,
    digestA: 0,
    digestB: 0,
  });
}
