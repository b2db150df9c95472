import { PositionGapError } from './errors.ts';
import { normalizeInstances } from './instance-table.ts';
import { NO_LANES } from './lanes/lane-table.ts';
import { TenantNames } from './names.ts';
import type { InstanceRecord, SnapshotDelta, SnapshotSource } from './records.ts';
import { compileService, emptySlot } from './service-slot.ts';
import { SnapshotDraft } from './snapshot-draft.ts';
import { type Snapshot, SnapshotState } from './snapshot-state.ts';

/** Builds a snapshot from nothing. Reads each list of the source once. @throws SnapshotLimitError */
export function buildSnapshot(source: SnapshotSource): Snapshot {
  const draft = new SnapshotDraft(emptyState());
  draft.writeTenants({ upsert: source.tenants });
  draft.writeServices({ upsert: source.services });
  draft.writeAssignments({ upsert: source.assignments });
  draft.writeSchemas({ upsert: source.schemas });
  draft.writeHolds({ upsert: source.holds });
  draft.writeLanes({ upsert: source.lanes });
  const byService = new Map<string, InstanceRecord[]>();
  for (const instance of source.instances) {
    const list = byService.get(instance.serviceId);
    if (list === undefined) byService.set(instance.serviceId, [instance]);
    else list.push(instance);
  }
  for (const [serviceId, instances] of byService) draft.writeInstances(serviceId, normalizeInstances(instances));
  return draft.finish(source.position);
}

/**
 * The snapshot after one more change. The given one stays as it was; only what the change touches is copied.
 * @throws PositionGapError unless the delta is of the same epoch and the next revision
 * @throws SnapshotLimitError
 */
export function applyDelta(snapshot: Snapshot, delta: SnapshotDelta): Snapshot {
  const base = snapshot as SnapshotState;
  const position = { epoch: delta.epoch, revision: delta.revision };
  if (position.epoch !== base.position.epoch || position.revision !== base.position.revision + 1) {
    throw new PositionGapError(base.position, position);
  }
  const draft = new SnapshotDraft(base);
  if (delta.tenants) draft.writeTenants(delta.tenants);
  if (delta.services) draft.writeServices(delta.services);
  if (delta.assignments) draft.writeAssignments(delta.assignments);
  if (delta.schemas) draft.writeSchemas(delta.schemas);
  if (delta.holds) draft.writeHolds(delta.holds);
  if (delta.lanes) draft.writeLanes(delta.lanes);
  return draft.finish(position);
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
