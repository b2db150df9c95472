import { expect, test } from 'vitest';
import { followHolds, type HoldRecord, holdsOf, landingOf } from './follow-holds.ts';
import { readHoldFilters } from './hold-filters.ts';

const hold = (fromVersion: string, toVersion: string, scope: HoldRecord['scope'] = { kind: 'all' }): HoldRecord => ({
  id: `${fromVersion}-${toVersion}`,
  serviceId: 'pay',
  fromVersion,
  toVersion,
  scope,
});
const few = { kind: 'tenants', tenantIds: ['acme'] } as const;

test('holds are followed to their end, and a link for some of the tenants says so', () => {
  const chain = followHolds([hold('v2', 'v1', few), hold('v3', 'v2'), hold('v9', 'v8')], 'v3');
  expect(chain.map((link) => [link.hold.id, link.isPartial])).toEqual([
    ['v3-v2', false],
    ['v2-v1', true],
  ]);
  expect(followHolds([hold('v3', 'v2')], 'v2')).toEqual([]);
});

test('of several holds away from a version the widest is followed, and a circle ends', () => {
  expect(landingOf([hold('v3', 'v1', few), hold('v3', 'v2')], 'v3').version).toBe('v2');
  expect(followHolds([hold('v1', 'v2'), hold('v2', 'v1')], 'v1')).toHaveLength(2);
});

test('a tenant is held by name, by tag, or with everybody', () => {
  const holds = [hold('v3', 'v2'), hold('v4', 'v2', few), hold('v5', 'v2', { kind: 'tag', tag: 'beta' })];
  const idsFor = (id: string, tags: string[]) => holdsOf(holds, { id, tags }).map((one) => one.id);
  expect(idsFor('acme', [])).toEqual(['v3-v2', 'v4-v2']);
  expect(idsFor('globex', ['beta'])).toEqual(['v3-v2', 'v5-v2']);
});

test('without a word about it, the holds in force are listed', () => {
  expect(readHoldFilters({})).toEqual({});
  expect(readHoldFilters({ state: 'lifted', serviceId: ' pay ', version: 2, tenantId: '' })).toEqual({
    state: 'lifted',
    serviceId: 'pay',
    version: '2',
  });
  expect(readHoldFilters({ state: 'active' })).toEqual({});
});
