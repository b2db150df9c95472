import type { Objection } from '@grey/contracts';
import { describe, expect, test } from 'vitest';
import type { Caller } from '../access/caller.ts';
import type { Transaction } from '../infra/db/database.ts';
import type { VersionGuard, VersionMove } from './version-guard.ts';
import { VersionGuards } from './version-guards.ts';

const tx = {} as Transaction;
const caller = { kind: 'user', id: 'u', name: 'u', permissions: new Set(['changes.override']) } as unknown as Caller;
const move = (tenantId: string, serviceId: string): VersionMove => ({
  tenantId,
  serviceId,
  fromVersion: 'v1',
  toVersion: 'v2',
});
const objectTo = (one: VersionMove, isOverridable = true): Objection => ({
  code: 'INCOMPATIBLE',
  tenantId: one.tenantId,
  serviceId: one.serviceId,
  detail: `${one.serviceId} may not.`,
  mend: 'Wait.',
  isOverridable,
});
function guardsOf(...checks: ((moves: readonly VersionMove[]) => Objection[])[]) {
  const guards = new VersionGuards();
  const calls: number[] = [];
  for (const check of checks) {
    const guard: VersionGuard = {
      name: 'test',
      check: async (_, moves) => {
        calls.push(moves.length);
        return check(moves);
      },
    };
    guards.register(guard);
  }
  return { guards, calls };
}
const refuse = (serviceId: string, isOverridable?: boolean) => (moves: readonly VersionMove[]) =>
  moves.filter((one) => one.serviceId === serviceId).map((one) => objectTo(one, isOverridable));

describe('all or none', () => {
  test('every objection of every guard is named', async () => {
    const { guards } = guardsOf(refuse('a'), refuse('b', false));
    const moves = [move('t', 'a'), move('t', 'b'), move('t', 'c')];
    await expect(guards.assertAllowed(tx, moves, { caller })).rejects.toMatchObject({
      code: 'MOVE_REFUSED',
      extra: {
        detail: 'a may not. Wait. And 1 more.',
        objections: [{ serviceId: 'a' }, { serviceId: 'b', isOverridable: false }],
      },
    });
  });

  test('an override and an emergency set aside what can be overridden, and only that', async () => {
    const { guards } = guardsOf(refuse('a'));
    const said = await guards.assertAllowed(tx, [move('t', 'a')], { caller, override: { reason: 'night shift' } });
    expect(said).toMatchObject([{ serviceId: 'a' }]);
    expect(await guards.assertAllowed(tx, [move('t', 'a')], { caller, isEmergency: true })).toHaveLength(1);
    const { guards: strict } = guardsOf(refuse('a', false));
    await expect(strict.assertAllowed(tx, [move('t', 'a')], { caller, isEmergency: true })).rejects.toThrow();
  });

  test('an override is for who may, and is told once per kind of objection to who writes the log', async () => {
    const { guards } = guardsOf(refuse('a'));
    const override = { reason: 'night shift' };
    const moves = [move('t1', 'a'), move('t2', 'a')];
    const stranger = { ...caller, permissions: new Set() } as Caller;
    await expect(guards.assertAllowed(tx, moves, { caller: stranger, override })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      extra: { detail: 'An override needs the permission changes.override.' },
    });
    const own = {} as Transaction;
    await guards.assertAllowed(own, moves, { caller, isEmergency: true });
    expect(guards.overriddenIn(own)).toBeUndefined();
    await guards.assertAllowed(own, moves, { caller, override });
    expect(guards.overriddenIn(own)).toMatchObject({
      reason: 'night shift',
      items: [
        {
          entity: 'override',
          tenantId: null,
          serviceId: 'a',
          key: 'INCOMPATIBLE',
          after: { objectionCount: 2, objections: [{ serviceId: 'a', detail: 'a may not.', count: 2 }] },
        },
      ],
    });
  });

  test('nobody is asked about nothing', async () => {
    const { guards, calls } = guardsOf(refuse('a'));
    expect(await guards.assertAllowed(tx, [], { caller })).toEqual([]);
    expect(calls).toEqual([]);
  });
});

describe('cell by cell', () => {
  test('a move that needed a refused one falls with it, and only its tenant is judged again', async () => {
    const needsA = (moves: readonly VersionMove[]) =>
      moves
        .filter((one) => one.serviceId === 'b')
        .filter((one) => !moves.some((other) => other.serviceId === 'a' && other.tenantId === one.tenantId))
        .map((one) => objectTo(one));
    const refuseFirst = (moves: readonly VersionMove[]) =>
      moves.filter((one) => one.serviceId === 'a' && one.tenantId === 't1').map((one) => objectTo(one));
    const { guards, calls } = guardsOf(needsA, refuseFirst);
    const moves = ['t1', 't2', 't3'].flatMap((tenant) => [move(tenant, 'a'), move(tenant, 'b')]);
    const { allowed, objections } = await guards.sift(tx, moves, { caller });
    expect(objections.map((one) => `${one.tenantId}/${one.serviceId}`)).toEqual(['t1/a', 't1/b']);
    expect(allowed).toEqual(moves.slice(2));
    expect(calls).toEqual([6, 6, 1, 1]);
  });

  test('what was set aside moves, and is told', async () => {
    const { guards } = guardsOf(refuse('a'));
    const sifted = await guards.sift(tx, [move('t', 'a')], { caller, override: { reason: 'now' } });
    expect(sifted).toMatchObject({ allowed: [{ serviceId: 'a' }], objections: [], overridden: [{ serviceId: 'a' }] });
  });

  test('two objections to one move are both told', async () => {
    const twice = (moves: readonly VersionMove[]) =>
      moves.flatMap((one) => [objectTo(one), { ...objectTo(one), detail: 'nor on Sundays.' }]);
    const { guards } = guardsOf(twice);
    const { overridden } = await guards.sift(tx, [move('t', 'a')], { caller, override: { reason: 'now' } });
    expect(overridden.map(({ detail }) => detail)).toEqual(['a may not.', 'nor on Sundays.']);
  });
});
