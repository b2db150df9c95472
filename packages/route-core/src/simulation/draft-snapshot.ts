import { hashText } from '../digest.ts';
import { VersionNames } from '../names.ts';
import type { ServiceRecord } from '../records.ts';
import { compileService, emptySlot } from '../service-slot.ts';
import { type Snapshot, SnapshotState } from '../snapshot-state.ts';

/**
 * The snapshot as it would be with this record of a service: the same position, nothing of the live one touched.
 * Unlike `applyDelta` it keeps the names of versions to itself, so that any number of drafts, with whatever names, fill up
 * no table of the live lineage. @throws SnapshotLimitError
 */
export function draftSnapshot(snapshot: Snapshot, service: ServiceRecord): Snapshot {
  const base = snapshot as SnapshotState;
  const slot = base.services.get(service.id) ?? emptySlot(service.id);
  const names = copyNames(slot.names);
  const record = structuredClone(service);
  const drafted = compileService({ ...slot, record, plan: null, names }, slot, hashText(service.id));
  const services = new Map(base.services).set(service.id, drafted);
  const digestA = (base.digestA + drafted.recordHash.a - slot.recordHash.a) | 0;
  const digestB = (base.digestB + drafted.recordHash.b - slot.recordHash.b) | 0;
  return new SnapshotState({ ...base, services, digestA, digestB });
}

/** Each name keeps its number, as cells are written in numbers. */
function copyNames({ names }: VersionNames): VersionNames {
  const copy = new VersionNames();
  for (const name of names.slice(1)) copy.number(name);
  return copy;
}
