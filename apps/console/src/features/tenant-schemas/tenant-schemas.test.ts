import { expect, test } from 'vitest';
import type { RollbackHorizon } from '../../api/generated/model/index.ts';
import { newestFirst, verdictOf } from './horizon-words.ts';
import { intervalText } from './interval-text.ts';
import { readTenantSchemaFilters } from './tenant-schema-filters.ts';

test('what the API would refuse is no filter, so that a mangled link still opens', () => {
  expect(readTenantSchemaFilters({ tenantId: 42, serviceId: ' pay ', drift: 'drifted' })).toEqual({
    tenantId: '42',
    serviceId: 'pay',
    drift: 'drifted',
  });
  expect(readTenantSchemaFilters({ tenantId: 'a b', serviceId: '', drift: 'gone' })).toEqual({});
});

test('an interval of one schema is one number', () => {
  const state = { isMigrating: false, updatedAt: '2026-11-22T00:00:00Z' };
  expect(intervalText({ ...state, schemaVersion: 2, expandedTo: 2 })).toBe('2');
  expect(intervalText({ ...state, schemaVersion: 1, expandedTo: 2 })).toBe('1–2');
});

test('a horizon says whether there is a way back, and lists the nearest version first', () => {
  const versions = [1, 3, 2].map((ordinal) => ({ ordinal }) as RollbackHorizon['versions'][number]);
  const horizon = (part: Partial<RollbackHorizon>) =>
    ({ currentVersion: '2.0', oldestVersion: '1.0', versions, ...part }) as RollbackHorizon;
  expect(verdictOf(horizon({}), true)).toBe('back');
  expect(verdictOf(horizon({}), false)).toBe('unrecorded');
  expect(verdictOf(horizon({ oldestVersion: '2.0' }), true)).toBe('nowhere');
  expect(verdictOf(horizon({ oldestVersion: null }), true)).toBe('nowhere');
  expect(verdictOf(horizon({ currentVersion: null }), false)).toBe('noVersion');
  expect(verdictOf(horizon({ oldestVersion: null, versions: [] }), true)).toBe('noOlder');
  expect(newestFirst(versions).map(({ ordinal }) => ordinal)).toEqual([3, 2, 1]);
});
