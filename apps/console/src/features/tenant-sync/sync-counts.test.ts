import { expect, test } from 'vitest';
import { TenantSyncOutcome, TenantSyncRunTrigger, TenantSyncStatusState } from '../../api/generated/model/index.ts';
import en from '../../locales/en.json';
import { affectedKeys, asideCount, asideKeys, countKeys, sampleRows } from './sync-counts.ts';

const counts = {
  created: 1,
  updated: 2,
  deleted: 3,
  unchanged: 4,
  conflicts: 10,
  suppressed: 20,
  rejected: 30,
  kept: 40,
};

test('every count is shown, and every one but unchanged is either done or set aside', () => {
  expect([...countKeys].sort()).toEqual(Object.keys(counts).sort());
  expect([...affectedKeys, ...asideKeys, 'unchanged'].sort()).toEqual(Object.keys(counts).sort());
});

test('what was set aside is counted together', () => {
  expect(asideCount(counts)).toBe(100);
});

test('a sample tells the tenant and what differs, a rejected row where it stands and why', () => {
  const samples = {
    created: [],
    updated: [{ tenantId: 'acme', name: 'Acme', fields: ['name', 'tier'] }],
    deleted: [{ tenantId: 'gone', name: 'Gone' }],
    suppressed: [],
    conflicts: [],
    rejected: [{ path: 'page 1 items[3].name', reason: 'is missing', tenantId: null }],
    kept: [],
  };
  expect(sampleRows(samples, 'updated')).toEqual([
    { key: 'acme', tenantId: 'acme', text: 'Acme', detail: 'name, tier' },
  ]);
  expect(sampleRows(samples, 'deleted')[0]).toMatchObject({ tenantId: 'gone', detail: undefined });
  expect(sampleRows(samples, 'rejected')).toEqual([
    { key: 'page 1 items[3].name', tenantId: null, text: 'page 1 items[3].name', detail: 'is missing' },
  ]);
});

test('every state, outcome and trigger of the contract has words', () => {
  expect(Object.keys(en.tenantSync.states).sort()).toEqual(Object.values(TenantSyncStatusState).sort());
  expect(Object.keys(en.tenantSync.outcomes).sort()).toEqual(Object.values(TenantSyncOutcome).sort());
  expect(Object.keys(en.tenantSync.triggers).sort()).toEqual(Object.values(TenantSyncRunTrigger).sort());
});
