import { expect, test } from 'vitest';
import { readChangeFilters } from './changes/change-filters.ts';
import { missingWeight, toDefaultVersions, toShares } from './services/default-weights.ts';
import { parseMetadata } from './tenants/tenant-fields.ts';
import { hasFilters, readTenantFilters, withFilter } from './tenants/tenant-filters.ts';

test('filters of a URL are read, what does not fit is dropped', () => {
  expect(readTenantFilters({ search: ' acme ', status: 'active', tag: 42, tier: '', region: {}, other: 1 })).toEqual({
    search: 'acme',
    status: 'active',
    tag: '42',
  });
  expect(readTenantFilters({ status: 'gone' })).toEqual({});
  expect(hasFilters({})).toBe(false);
});

test('setting a filter keeps the others, emptying it takes it out', () => {
  const filters = withFilter({ search: 'acme' }, 'tag', 'beta');
  expect(filters).toEqual({ search: 'acme', tag: 'beta' });
  expect(withFilter(filters, 'search', '')).toEqual({ tag: 'beta' });
});

test('the timeline takes only kinds of change that exist', () => {
  expect(readChangeFilters({ kind: 'tenant.created', tenantId: 't1' })).toEqual({
    kind: 'tenant.created',
    tenantId: 't1',
  });
  expect(readChangeFilters({ kind: 'tenant.exploded', since: 'yesterday' })).toEqual({});
  expect(readChangeFilters({ actor: ' night ', since: '2026-11-21T10:00:00+01:00' })).toEqual({
    actor: 'night',
    since: '2026-11-21T09:00:00.000Z',
  });
});

test('metadata of a tenant keeps everything after the first equals sign', () => {
  expect(parseMetadata('a=1\nb=x=y\n')).toEqual({ a: '1', b: 'x=y' });
  expect(parseMetadata('=1')).toBeUndefined();
});

test('shares in percent become basis points and back', () => {
  expect(toDefaultVersions({ '1.0': 33.33, '2.0': 66.67, '3.0': 0 })).toEqual([
    { version: '1.0', weight: 3333 },
    { version: '2.0', weight: 6667 },
  ]);
  expect(toShares([{ version: '1.0', weight: 3333 }])).toEqual({ '1.0': 33.33 });
});

test('shares fit when they add up to a hundred percent, or when there is no default at all', () => {
  expect(missingWeight({ a: 33.33, b: 66.67 })).toBe(0);
  expect(missingWeight({ a: 30 })).toBe(7000);
  expect(missingWeight({ a: 80, b: 30 })).toBe(-1000);
  expect(missingWeight({ a: 0 })).toBe(0);
});
