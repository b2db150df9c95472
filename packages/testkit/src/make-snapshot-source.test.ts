import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import { expect, test } from 'vitest';
import { makeSnapshotSource } from './make-snapshot-source.ts';

test('the same seed makes the same configuration, another seed another', () => {
  const shape = { tenantCount: 20, serviceCount: 5, seed: 7 };
  expect(makeSnapshotSource(shape)).toEqual(makeSnapshotSource(shape));
  expect(makeSnapshotSource({ ...shape, seed: 8 }).assignments).not.toEqual(makeSnapshotSource(shape).assignments);
});

test('it has the shape that was asked for', () => {
  const source = makeSnapshotSource({ tenantCount: 20, serviceCount: 5, versionCount: 4, instanceCount: 3 });
  expect(source.tenants).toHaveLength(20);
  expect(source.services).toHaveLength(5);
  expect(source.assignments).toHaveLength(100);
  expect([...source.instances]).toHaveLength(5 * 4 * 3);
  expect(new Set([...source.instances].map((one) => one.address)).size).toBe(60);
});

test('the engine decides every pair of it', () => {
  const source = makeSnapshotSource({ tenantCount: 10, serviceCount: 4, assignedShare: 0.5 });
  const snapshot = buildSnapshot(source);
  const env = createDecisionEnv();
  for (const tenant of source.tenants) {
    for (const service of source.services) {
      expect(decide(snapshot, { tenantId: tenant.id, serviceName: service.id }, env).ok).toBe(true);
    }
  }
});
