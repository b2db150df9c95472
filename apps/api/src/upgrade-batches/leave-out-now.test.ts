import { expect, test } from 'vitest';
import type { PlannedMember, TenantOfBatch } from './batch-members.store.ts';
import type { LeftOut } from './leave-out.ts';
import { blockOf, sortMembers } from './leave-out-now.ts';

const tenant = (over: Partial<TenantOfBatch> = {}): TenantOfBatch => ({
  ...{ tenantId: 't', tags: [], tier: null, region: null, ring: null, version: 'v1', isPinned: false },
  ...{ engine: 'postgres', schemaVersion: 0, expandedTo: 0, drift: 'none', byteCount: null, activeUpgradeId: null },
  ...over,
});
type Batch = Parameters<typeof sortMembers>[2];
type Planned = PlannedMember['fromVersion'];

/** What becomes of a tenant that was planned from v1, unless said otherwise. */
function codeOf(now: TenantOfBatch | null, batch: Partial<Batch> = {}, planned: { from: Planned } = { from: 'v1' }) {
  const { fit, leftOut } = sortMembers(
    [{ tenantId: 't', fromVersion: planned.from }],
    now === null ? [] : [now],
    { kind: 'service', fromVersion: null, toVersion: 'v2', isNamed: false, ...batch },
    ({ tags }) => (tags.includes('held') ? 'v1' : 'v2'),
  );
  expect(fit.length + leftOut.length).toBe(1);
  return leftOut[0]?.code ?? 'begins';
}

test.each<[string, string, string]>([
  ['who is where the plan had it', codeOf(tenant()), 'begins'],
  ['who was deleted', codeOf(null), 'TENANT_UNKNOWN'],
  ['who was brought there by another', codeOf(tenant({ version: 'v2' })), 'ALREADY_THERE'],
  [
    'who was moved beyond, which a batch of last week would take back',
    codeOf(tenant({ version: 'v3' })),
    'OTHER_VERSION',
  ],
  ['who lost its assignment', codeOf(tenant({ version: null })), 'OTHER_VERSION'],
  ['who had none and has none', codeOf(tenant({ version: null }), {}, { from: null }), 'begins'],
  ['who was pinned', codeOf(tenant({ isPinned: true })), 'PINNED'],
  ['who was pinned and is meant', codeOf(tenant({ isPinned: true }), { isNamed: true }), 'begins'],
  ['whose pin does not speak of its schema', codeOf(tenant({ isPinned: true }), { kind: 'schema' }), 'begins'],
  ['whom another batch upgrades', codeOf(tenant({ activeUpgradeId: 'u' })), 'UPGRADE_RUNNING'],
  ['whom a hold leads elsewhere', codeOf(tenant({ tags: ['held'] })), 'HELD'],
  [
    'whom the plan of an older release did not keep',
    codeOf(tenant({ version: 'v3' }), {}, { from: undefined }),
    'begins',
  ],
  [
    'the same, where it was asked for',
    codeOf(tenant({ version: 'v3' }), { fromVersion: 'v1' }, { from: undefined }),
    'OTHER_VERSION',
  ],
  ['what is wrong with it fails by itself', codeOf(tenant({ drift: 'drifted' })), 'begins'],
])('when a wave begins: %s', (_, code, expected) => {
  expect(code).toBe(expected);
});

test('a wave of which nobody may begin waits where some may not for now, and else is passed by', () => {
  const out = (code: string): LeftOut => ({ tenantId: code.toLowerCase(), code, message: 'So it is.' });
  expect(blockOf([])).toBeNull();
  expect(blockOf([out('ALREADY_THERE'), out('TENANT_UNKNOWN')])).toBeNull();
  expect(blockOf([out('ALREADY_THERE'), out('FROZEN')])).toBe('frozen: So it is.');
  expect(blockOf([out('HELD'), out('FROZEN')])).toBe('held: So it is. And 1 more.');
});
