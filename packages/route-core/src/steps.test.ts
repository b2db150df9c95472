import { describe, expect, it } from 'vitest';
import type { SnapshotSource } from './records.ts';
import { applyDelta, applyDeltaInSteps, buildSnapshot, buildSnapshotInSteps } from './snapshot.ts';
import { decodeSnapshot, decodeSnapshotInSteps } from './snapshot-image-decode.ts';
import { encodeSnapshot } from './snapshot-image-encode.ts';
import { runSteps, writeInSteps } from './steps.ts';

const TENANTS = 10_000;
const tenantIds = Array.from({ length: TENANTS }, (_, i) => `t${i}`);

function makeSource(): SnapshotSource {
  return {
    position: { epoch: 'e', revision: 1 },
    tenants: tenantIds.map((id) => ({ id, status: 'active' as const })),
    services: ['a', 'b', 'c'].map((id) => ({
      id,
      unknownTenant: 'reject' as const,
      balancer: 'round_robin' as const,
      fallback: 'fail' as const,
      defaults: [],
      versions: [{ version: 'v1', ordinal: 1, status: 'active' as const }],
    })),
    assignments: tenantIds.map((tenantId) => ({ tenantId, serviceId: 'a', version: 'v1', isPinned: false })),
    schemas: tenantIds.map((tenantId) => ({ tenantId, serviceId: 'b', schemaVersion: 3 })),
    holds: [],
    instances: [],
  };
}

/** Runs steps to the end and counts the pauses. */
function count<T>(steps: Generator<void, T>): { pauses: number; value: T } {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done === true) return { pauses, value: step.value };
  }
}

describe('work in steps', () => {
  const source = makeSource();
  const whole = buildSnapshot(source);

  it('builds the snapshot that is built at once, with a pause in every list', () => {
    const { pauses, value } = count(buildSnapshotInSteps(source));
    expect(value.digest).toBe(whole.digest);
    expect(value.stats()).toEqual(whole.stats());
    // 5 portions of each of the three lists, 3 services written and 3 compiled
    expect(pauses).toBe(3 * Math.ceil(TENANTS / 2048) + 3 + 3);
  });

  it('applies the delta that is applied at once, and leaves the base alone meanwhile', () => {
    const upsert = tenantIds.map((tenantId) => ({ tenantId, serviceId: 'c', version: 'v1', isPinned: true }));
    const remove = tenantIds.map((tenantId) => ({ tenantId, serviceId: 'a' }));
    const delta = { epoch: 'e', revision: 2, assignments: { upsert, remove } };
    const steps = applyDeltaInSteps(whole, delta);
    for (let i = 0; i < 7; i++) expect(steps.next().done).toBe(false);
    expect(whole.digest).toBe(buildSnapshot(source).digest);
    const { value } = count(steps);
    expect(value.digest).toBe(applyDelta(whole, delta).digest);
    expect(value.stats().assignmentCount).toBe(TENANTS);
    expect(whole.stats().assignmentCount).toBe(TENANTS);
    expect(value.digest).not.toBe(whole.digest);
  });

  it('reads the image that is read at once', () => {
    const image = encodeSnapshot(whole);
    const { pauses, value } = count(decodeSnapshotInSteps(image));
    expect(value.digest).toBe(decodeSnapshot(image).digest);
    expect(value.digest).toBe(whole.digest);
    expect(pauses).toBeGreaterThanOrEqual(3 + 2 * 3);
  });

  it('hands every record on once, removals first, whatever the length of the list', () => {
    for (const length of [0, 1, 2047, 2048, 2049, 4096, 5000]) {
      const removed: number[] = [];
      const written: number[] = [];
      const all = Array.from({ length }, (_, i) => i);
      const portions = count(
        writeInSteps({ upsert: new Set(all), remove: all }, (some) => {
          if (some.upsert !== undefined) expect(removed).toHaveLength(length);
          removed.push(...(some.remove ?? []));
          written.push(...(some.upsert ?? []));
        }),
      ).pauses;
      expect([removed, written]).toEqual([all, all]);
      expect(portions).toBe(2 * Math.ceil(length / 2048));
    }
  });

  it('ends with what the last step gives', () => {
    function* steps(): Generator<void, string> {
      yield;
      yield;
      return 'done';
    }
    expect(runSteps(steps())).toBe('done');
  });
});
