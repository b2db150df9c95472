import { describe, expect, it } from 'vitest';
import { readCells, readHolds } from './read-cells.ts';
import { applyDelta, buildSnapshot } from './snapshot.ts';

const position = { epoch: 'e', revision: 1 };
const assigned = { tenantId: 'a', serviceId: 'pay', version: '2', isPinned: true };
const schema = { tenantId: 'a', serviceId: 'mail', schemaVersion: 7 };
const snapshot = buildSnapshot({
  position,
  tenants: [{ id: 'a', status: 'active' }],
  services: [],
  assignments: [assigned, { ...assigned, tenantId: 'b', isPinned: false }],
  schemas: [schema],
  holds: [],
  instances: [],
});

describe('readCells', () => {
  it('gives what one tenant has, and nothing of others', () => {
    expect(readCells(snapshot, 'a')).toEqual({ assignments: [assigned], schemas: [schema] });
    expect(readCells(snapshot, 'nobody')).toEqual({ assignments: [], schemas: [] });
  });

  it('does not give what was taken back', () => {
    const next = applyDelta(snapshot, {
      epoch: 'e',
      revision: 2,
      assignments: { remove: [assigned] },
      schemas: { remove: [schema] },
    });
    expect(readCells(next, 'a')).toEqual({ assignments: [], schemas: [] });
    expect(readCells(next, 'b').assignments).toEqual([{ ...assigned, tenantId: 'b', isPinned: false }]);
  });
});

describe('readHolds', () => {
  it('gives the holds there are', () => {
    const hold = { id: 'h', serviceId: 'pay', fromVersion: '2', toVersion: '1', scope: { kind: 'all' } } as const;
    expect(readHolds(snapshot)).toEqual([]);
    expect(readHolds(applyDelta(snapshot, { epoch: 'e', revision: 2, holds: { upsert: [hold] } }))).toEqual([hold]);
  });
});
