import { buildSnapshot, type HoldRecord, type SnapshotSource } from '@grey/route-core';
import { expect, test } from 'vitest';
import type { Caller } from '../access/caller.ts';
import { hashWish, planRollback, type RollbackWish } from './plan-rollback.ts';
import { stoppedBy } from './pre-emption.ts';

const caller = { kind: 'user', id: 'u', name: 'u', tenantIds: null } as unknown as Caller;
const wish: RollbackWish = {
  serviceId: 's',
  fromVersion: 'v2',
  toVersion: 'v1',
  scope: { kind: 'version' },
  allowRollbackOfRollback: false,
};
const hold = (id: string, fromVersion: string, toVersion: string): HoldRecord => ({
  id,
  serviceId: 's',
  fromVersion,
  toVersion,
  scope: { kind: 'all' },
});

function catchError(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const NEWER = [{ tenantId: 'new', serviceId: 's', schemaVersion: 5 }];

/** Three tenants on v2; the database of `new` has a schema that v1 does not know. */
function snapshotOf(holds: readonly HoldRecord[] = [], schemas: SnapshotSource['schemas'] = NEWER) {
  const ids = ['a', 'b', 'new'];
  const source: SnapshotSource = {
    position: { epoch: 'e', revision: 1 },
    tenants: ids.map((id) => ({ id, status: 'active', tags: [] })),
    services: [
      {
        id: 's',
        unknownTenant: 'reject',
        balancer: 'random',
        fallback: 'fail',
        defaults: [],
        versions: [
          { version: 'v0', ordinal: 0, status: 'active', schemaMin: 3 },
          { version: 'v1', ordinal: 1, status: 'active', schemaMax: 4 },
          { version: 'v2', ordinal: 2, status: 'active' },
        ],
      },
    ],
    assignments: ids.map((tenantId) => ({ tenantId, serviceId: 's', version: 'v2', isPinned: false })),
    schemas,
    holds,
    instances: [],
  };
  return buildSnapshot(source);
}

test('a tenant whose schema the target cannot serve is left out by name, and the hold lists the others', () => {
  const outlook = planRollback(snapshotOf(), caller, wish, 'h');
  expect(outlook.leftOut).toEqual([
    {
      tenantId: 'new',
      code: 'BEYOND_HORIZON',
      message: 'beyond its rollback horizon: its schema serves 5, and v1 goes to 4 at most; v0 serves it',
    },
  ]);
  expect(outlook.shifts.map(({ tenantId }) => tenantId)).toEqual(['a', 'b']);
  expect(outlook.hold.scope).toEqual({ kind: 'tenants', tenantIds: ['a', 'b'] });
  expect(outlook.warnings.map(({ code }) => code)).toEqual(['NO_INSTANCE', 'SCOPE_NARROWED']);
});

test('nobody is moved when the target can serve none of them, and each is told what helps', () => {
  const only: RollbackWish = { ...wish, scope: undefined, affectedTenants: ['new'] };
  const refusal = catchError(() => planRollback(snapshotOf(), caller, only, 'h'));
  expect(refusal).toMatchObject({
    code: 'TENANT_UNKNOWN',
    extra: { detail: expect.stringMatching(/new: .*v0 serves it/) },
  });
});

test('a schema that is only expanded, or of another service, keeps nobody', () => {
  const schemas = [
    { tenantId: 'a', serviceId: 's', schemaVersion: 4, expandedTo: 5, isMigrating: true },
    { tenantId: 'b', serviceId: 'other', schemaVersion: 9 },
  ];
  const outlook = planRollback(snapshotOf([], schemas), caller, wish, 'h');
  expect([outlook.leftOut, outlook.hold.scope]).toEqual([[], { kind: 'all' }]);
});

test('whose contract is about to begin is left out of the hold, and its upgrade is stopped all the same', () => {
  const schemas = [{ tenantId: 'new', serviceId: 's', schemaVersion: 5, isMigrating: true }];
  const { hold: made, leftOut } = planRollback(snapshotOf([], schemas), caller, wish, 'h');
  expect(leftOut[0]?.message).toContain('an upgrade of it is under way');
  expect(stoppedBy(made, leftOut).scope).toEqual({ kind: 'tenants', tenantIds: ['a', 'b', 'new'] });
  const stranger = { tenantId: 'x', code: 'TENANT_FORBIDDEN', message: '' };
  expect(stoppedBy(made, [stranger]).scope).toEqual(made.scope);
  const everybody = { ...made, scope: { kind: 'all' } } as const;
  expect(stoppedBy(everybody, leftOut)).toEqual(everybody);
});

test('where holds lead on to a version that cannot serve a schema, that version is spoken of', () => {
  const schemas = [{ tenantId: 'new', serviceId: 's', schemaVersion: 2 }];
  const outlook = planRollback(snapshotOf([hold('1', 'v1', 'v0')], schemas), caller, wish, 'h');
  expect(outlook.leftOut).toMatchObject([
    { tenantId: 'new', message: expect.stringContaining('v0 asks for at least 3') },
  ]);
});

test('where the target is held itself, that is said, and the chain shows where the tenants land', () => {
  const outlook = planRollback(snapshotOf([hold('1', 'v1', 'v0')]), caller, wish, 'h');
  expect(outlook.warnings.map(({ code }) => code)).toContain('TARGET_HELD');
  expect(outlook.chain).toEqual(['v2', 'v1', 'v0']);
  expect(outlook.shifts.every(({ toVersion }) => toVersion === 'v0')).toBe(true);
});

test('a repetition of what is held already is planned all the same, and names the hold', () => {
  const warned = (existing: HoldRecord, over: Partial<RollbackWish> = {}) =>
    planRollback(snapshotOf([existing], []), caller, { ...wish, ...over }, 'h').warnings.filter(
      ({ code }) => code === 'ALREADY_HELD',
    );
  const same = hold('first', 'v2', 'v1');
  expect(warned(same)).toMatchObject([{ message: expect.stringContaining('hold first does the very same') }]);
  expect(warned({ ...same, id: 'h' }), 'itself').toEqual([]);
  expect(warned(same, { toVersion: 'v0' })).toEqual([]);
  const some = { ...same, scope: { kind: 'tenants', tenantIds: ['b', 'a'] } } as const;
  expect(warned(some)).toEqual([]);
  expect(warned(some, { scope: undefined, affectedTenants: ['a', 'b'] })).toHaveLength(1);
  expect(warned(some, { scope: undefined, affectedTenants: ['a'] })).toEqual([]);
  const tagged = { ...same, scope: { kind: 'tag', tag: 'beta' } } as const;
  expect([warned(tagged), warned(tagged, { scope: { kind: 'tag', tag: 'beta' } })].map((all) => all.length)).toEqual([
    0, 1,
  ]);
});

test('who may act for some tenants only names them, and moves none but them', () => {
  const some = { ...caller, tenantIds: new Set(['a']) };
  expect(() => planRollback(snapshotOf(), some, wish, 'h')).toThrow('TENANT_FORBIDDEN');
  const outlook = planRollback(snapshotOf(), some, { ...wish, scope: undefined, affectedTenants: ['a', 'b'] }, 'h');
  expect(outlook.leftOut).toMatchObject([{ tenantId: 'b', code: 'TENANT_FORBIDDEN' }]);
  expect(outlook.hold.scope).toEqual({ kind: 'tenants', tenantIds: ['a'] });
});

test('a plan is for what was asked, in whichever words the tenants were listed', () => {
  const listed: RollbackWish = { ...wish, scope: { kind: 'tenants', tenantIds: ['a'] } };
  expect(hashWish({ ...wish, scope: undefined, affectedTenants: ['a'] })).toBe(hashWish(listed));
  expect(hashWish({ ...listed, toVersion: 'v0' })).not.toBe(hashWish(listed));
});
