import { setTimeout as sleep } from 'node:timers/promises';
import { buildSnapshot, createDecisionEnv, decide, type SnapshotSource } from '@grey/route-core';
import { makeWorld, serviceId, tenantId } from './world.ts';

/** What memory-group.ts reads from standard output. */
export interface MemoryReport {
  /** resident set plus array buffers, after garbage collection */
  readonly bytes: number;
  readonly buildMs: number;
  readonly columnBytes: number;
}

/** Reads all records and keeps none: a router that is as warm as the other, but empty. */
function readOnly(world: SnapshotSource): SnapshotSource {
  let count = 0;
  for (const list of [world.tenants, world.services, world.assignments, world.instances]) for (const _ of list) count++;
  const none = { tenants: [], services: [], assignments: [], schemas: [], holds: [], instances: [] };
  return { ...none, position: { epoch: 'empty', revision: count } };
}

const [what] = process.argv.slice(2);
const startedAt = performance.now();
const snapshot = buildSnapshot(what === 'empty' ? readOnly(makeWorld(1)) : makeWorld(1));
const buildMs = performance.now() - startedAt;
for (let i = 0; i < 5; i++) {
  globalThis.gc?.();
  await sleep(50);
}
const { rss, arrayBuffers } = process.memoryUsage();
// As the budget is worded: RSS + array buffers. The columns are counted twice by that, the stricter reading.
const report: MemoryReport = { bytes: rss + arrayBuffers, buildMs, columnBytes: snapshot.stats().columnBytes };
// The snapshot is used after the measurement, so that it cannot have been collected before.
decide(snapshot, { tenantId: tenantId(0), serviceName: serviceId(0) }, createDecisionEnv());
process.stdout.write(JSON.stringify(report));
