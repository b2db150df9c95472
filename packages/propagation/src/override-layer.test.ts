import { applyDelta, buildSnapshot, type HoldRecord, readHolds, type Snapshot } from '@grey/route-core';
import { expect, test } from 'vitest';
import { OverrideLayer } from './override-layer.ts';

const hold: HoldRecord = { id: 'h', serviceId: 's', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'all' } };
const empty = buildSnapshot({
  position: { epoch: 'e', revision: 0 },
  tenants: [],
  services: [],
  assignments: [],
  schemas: [],
  holds: [],
  instances: [],
});
const next = ({ position: { epoch, revision } }: Snapshot, holds: object) =>
  ({ epoch, revision: revision + 1, holds }) as const;
const idsOf = (snapshot: Snapshot) => readHolds(snapshot).map(({ id }) => id);

test('a hold is laid over every snapshot until the log brings it, and not again when the log lifts it', () => {
  const layer = new OverrideLayer();
  expect(layer.over(empty)).toBe(empty);
  layer.set([hold]);
  expect(idsOf(layer.over(empty))).toEqual(['h']);
  const brought = applyDelta(empty, next(empty, { upsert: [hold] }));
  expect(layer.over(brought)).toBe(brought);
  const lifted = applyDelta(brought, next(brought, { remove: ['h'] }));
  expect(layer.over(lifted)).toBe(lifted);
});

test('what is taken away before the log brings it is gone', () => {
  const layer = new OverrideLayer();
  layer.set([hold]);
  layer.set([]);
  expect(layer.over(empty)).toBe(empty);
});
