import { expect, test } from 'vitest';
import type { TenantOfBatch } from './batch-members.store.ts';
import { type LeaveOutContext, leaveOut } from './leave-out.ts';

const tenant = (over: Partial<TenantOfBatch> = {}): TenantOfBatch => ({
  ...{
    tenantId: 't',
    tags: [],
    tier: null,
    region: null,
    ring: null,
    version: 'v1',
    isPinned: false,
    engine: 'postgres',
  },
  ...{ schemaVersion: 0, expandedTo: 0, drift: 'none', byteCount: null, activeUpgradeId: null },
  ...over,
});
type Input = Partial<LeaveOutContext['input']>;
function codesOf(
  over: Partial<TenantOfBatch>,
  input: Input = {},
  context: Partial<LeaveOutContext> = {},
  asked: string[] = [],
) {
  const { candidates, leftOut } = leaveOut([tenant(over)], asked, {
    input: { kind: 'service', toVersion: 'v2', scope: { kind: 'all' }, ...input },
    landsOn: () => 'v2',
    schemaOf: () => ({ refusal: null, isThere: false }),
    hasInstance: true,
    ...context,
  });
  return candidates.length === 1 ? leftOut.map(({ code }) => code) : leftOut.map(({ code }) => `out: ${code}`);
}
const named: Input = { scope: { kind: 'tenants', tenantIds: ['t'] } };
const schemaOnly: Input = { kind: 'schema' };

test.each<[string, string[], string[]]>([
  ['whom nothing speaks against', codesOf({}), []],
  ['who is there already', codesOf({ version: 'v2' }), ['out: ALREADY_THERE']],
  [
    'who is there already, when others are asked for',
    codesOf({ version: 'v2' }, { fromVersion: 'v1' }),
    ['out: ALREADY_THERE'],
  ],
  ['who is on another version', codesOf({ version: 'v0' }, { fromVersion: 'v1' }), ['out: OTHER_VERSION']],
  ['who follows the default', codesOf({ version: null }), ['out: NOT_ASSIGNED']],
  ['who follows the default and is named', codesOf({ version: null }, named), []],
  ['who is pinned', codesOf({ isPinned: true }), ['out: PINNED']],
  ['who is pinned and named', codesOf({ isPinned: true }, named), []],
  ['who is being upgraded', codesOf({ activeUpgradeId: 'u' }), ['out: UPGRADE_RUNNING']],
  ['whom a hold leads elsewhere', codesOf({}, {}, { landsOn: () => 'v1' }), ['out: HELD']],
  ['whose schema has drifted', codesOf({ drift: 'drifted' }), ['out: DRIFTED']],
  ['whose drift was accepted', codesOf({ drift: 'accepted' }), []],
  [
    'whose schema cannot be led there',
    codesOf({}, {}, { schemaOf: () => ({ refusal: 'no', isThere: false }) }),
    ['out: UPGRADE_REFUSED'],
  ],
  ['whom nobody could answer', codesOf({}, {}, { hasInstance: false }), ['out: NO_INSTANCE']],
  ['who has no database for a schema', codesOf({ engine: null }, schemaOnly), ['out: DATA_SOURCE_MISSING']],
  [
    'whose schema is there already',
    codesOf({}, schemaOnly, { schemaOf: () => ({ refusal: null, isThere: true }) }),
    ['out: ALREADY_THERE'],
  ],
  ['whose schema is to follow its route', codesOf({ version: 'v2' }, schemaOnly, { hasInstance: false }), []],
  ['somebody who is named and is not there', codesOf({}, named, {}, ['t', 'x']), ['TENANT_UNKNOWN']],
])('judges %s', (_, codes, expected) => {
  expect(codes).toEqual(expected);
});
