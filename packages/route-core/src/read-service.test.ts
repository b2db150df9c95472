import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { createDecisionEnv } from './decision-env.ts';
import { readService } from './read-service.ts';
import type { HoldRecord, SnapshotSource } from './records.ts';
import { buildSnapshot } from './snapshot.ts';

const service = (id: string) => ({
  id,
  unknownTenant: 'reject' as const,
  balancer: 'round_robin' as const,
  fallback: 'fail' as const,
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions: [
    { version: 'v1', ordinal: 1, status: 'active' as const },
    { version: 'v2', ordinal: 2, status: 'active' as const },
  ],
});
const instance = (serviceId: string, version: string) => ({
  serviceId,
  instanceId: `${serviceId}-${version}`,
  version,
  address: '127.0.0.1:80',
  weight: 1,
  health: 'healthy' as const,
  isEnabled: true,
});
const source: SnapshotSource = {
  position: { epoch: 'e', revision: 3 },
  tenants: [
    { id: 'a', status: 'active', tags: ['beta'] },
    { id: 'b', status: 'suspended', tags: [] },
  ],
  services: [service('pay'), service('shop')],
  assignments: [
    { tenantId: 'a', serviceId: 'pay', version: 'v2', isPinned: true },
    { tenantId: 'a', serviceId: 'shop', version: 'v1', isPinned: false },
  ],
  schemas: [{ tenantId: 'a', serviceId: 'pay', schemaVersion: 7 }],
  holds: [
    {
      id: 'h1',
      serviceId: 'pay',
      fromVersion: 'v2',
      toVersion: 'v1',
      scope: { kind: 'tenants', tenantIds: ['a', 'c'] },
    },
    { id: 'h2', serviceId: 'pay', fromVersion: 'v1', toVersion: 'v1', scope: { kind: 'tenants', tenantIds: ['c'] } },
    { id: 'h3', serviceId: 'shop', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'all' } },
  ],
  lanes: [{ tag: 'summer', mode: 'permissive', versions: [{ serviceId: 'pay', version: 'v2' }] }],
  instances: [instance('pay', 'v1'), instance('pay', 'v2'), instance('shop', 'v1')],
};
const snapshot = buildSnapshot(source);

test('tells of one service and one tenant, and names no other tenant', () => {
  const read = readService(snapshot, 'pay', 'a');
  expect(read).toMatchObject({
    position: source.position,
    tenants: [{ id: 'a', status: 'active', tags: ['beta'] }],
    assignments: [{ serviceId: 'pay', version: 'v2', isPinned: true }],
    schemas: [{ schemaVersion: 7 }],
    holds: [{ id: 'h1', scope: { tenantIds: ['a'] } }],
    lanes: [{ tag: 'summer' }],
  });
  expect(read?.services.map(({ id }) => id)).toEqual(['pay']);
  expect(read?.instances.map(({ instanceId }) => instanceId)).toEqual(['pay-v1', 'pay-v2']);
});

test('without a tenant, or with one that is not known, there is none', () => {
  expect(readService(snapshot, 'pay')).toMatchObject({ tenants: [], assignments: [], schemas: [], holds: [] });
  expect(readService(snapshot, 'pay', 'nobody')?.tenants).toEqual([]);
  expect(readService(snapshot, 'pay', 'b')?.tenants).toMatchObject([{ status: 'suspended' }]);
  expect(readService(snapshot, 'nothing', 'a')).toBeUndefined();
});

test('holds are told that count for everybody, or for this tenant among others', () => {
  const tagged = {
    id: 'h4',
    serviceId: 'shop',
    fromVersion: 'v1',
    toVersion: 'v2',
    scope: { kind: 'tag', tag: 'beta' },
  };
  const held = buildSnapshot({ ...source, holds: [...source.holds, tagged as HoldRecord] });
  for (const tenantId of [undefined, 'a', 'nobody']) {
    const read = readService(held, 'shop', tenantId);
    expect(read?.holds.map(({ scope }) => scope)).toEqual([{ kind: 'all' }, tagged.scope]);
    expect(read?.schemas).toEqual([]);
  }
  expect(readService(held, 'pay', 'a')?.holds.map(({ scope }) => scope)).toEqual([
    { kind: 'tenants', tenantIds: ['a'] },
  ]);
  expect(readService(held, 'pay')?.holds).toEqual([]);
});

test.each(['a', 'b', 'nobody'])('a snapshot built of it decides for %s as the whole one does', (tenantId) => {
  const small = buildSnapshot(readService(snapshot, 'pay', tenantId)!);
  const request = { tenantId, serviceName: 'pay' };
  const { instance: _, ...answer } = { instance: null, ...decide(small, request, createDecisionEnv()) };
  expect(decide(snapshot, request, createDecisionEnv())).toMatchObject(answer);
});
