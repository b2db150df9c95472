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

/** Pages are given back behind the collector, some time later: the least, once it has not sunk for a second (at most ten). */
async function settle(measure: () => number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0, quiet = 0; round < 100 && quiet < 10; round++, quiet++) {
    globalThis.gc?.();
    await sleep(100);
    const bytes = measure();
    if (bytes < least * 0.99) quiet = 0;
    least = Math.min(least, bytes);
  }
  return least;
}

const [what] = process.argv.slice(2);
const startedAt = performance.now();
const snapshot = buildSnapshot(what === 'empty' ? readOnly(makeWorld(1)) : makeWorld(1));
const buildMs = performance.now() - startedAt;
// As the budget is worded: RSS + array buffers. The columns are counted twice by that, the stricter reading.
const bytes = await settle(() => {
  const { rss, arrayBuffers } = process.memoryUsage();
  return rss + arrayBuffers;
});
const report: MemoryReport = { bytes, buildMs, columnBytes: snapshot.stats().columnBytes };
// The snapshot is used after the measurement, so that it cannot have been collected before.
decide(snapshot, { tenantId: tenantId(0), serviceName: serviceId(0) }, createDecisionEnv());
process.stdout.write(JSON.stringify(report));
