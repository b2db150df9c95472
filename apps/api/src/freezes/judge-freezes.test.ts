import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VersionMove } from '../guards/version-guard.ts';
import { type ActiveFreeze, judgeFreezes } from './judge-freezes.ts';

const endsAt = Date.parse('2026-11-30T00:00:00Z');
const freeze = (id: string, more: { services?: string[]; tenants?: string[] | null } = {}): ActiveFreeze => ({
  id,
  title: id,
  reason: 'sales',
  serviceIds: new Set(more.services ?? []),
  tenantIds: more.tenants == null ? null : new Set(more.tenants),
  endsAt,
});
const move = (tenantId: string | null, serviceId: string, more: Partial<VersionMove> = {}): VersionMove => ({
  tenantId,
  serviceId,
  fromVersion: 'v1',
  toVersion: 'v2',
  ...more,
});
const none = new Map();

test('names the freezes, their reasons and how long, and what would mend it', () => {
  expect(
    judgeFreezes([move('acme', 'pay')], [freeze('Black Friday'), freeze('Audit', { services: ['pay'] })], none),
  ).toEqual([
    {
      code: 'FROZEN',
      tenantId: 'acme',
      serviceId: 'pay',
      detail:
        'Frozen by “Black Friday” until 2026-11-30T00:00:00.000Z (sales) and “Audit” until 2026-11-30T00:00:00.000Z (sales).',
      mend: 'Wait until 2026-11-30T00:00:00.000Z, or override it with a reason.',
      isOverridable: true,
    },
  ]);
});

test('a move of everybody is frozen where it reaches tenants of a freeze, and says whom', () => {
  const frozen = [freeze('VIPs', { tenants: ['a', 'b', 'c', 'd', 'e'] })];
  const cells = new Map([
    [
      'pay',
      new Map([
        ['a', true],
        ['b', false],
      ]),
    ],
  ]);
  const judged = (more: Partial<VersionMove>, isEmergency = false) =>
    judgeFreezes([move(null, 'pay', more)], frozen, cells, { isEmergency }).map(({ detail }) => detail);
  expect(judged({ fromVersion: null })).toEqual([
    'Frozen by “VIPs” until 2026-11-30T00:00:00.000Z, for 4 tenant(s): b, c, d, … (sales).',
  ]);
  expect(judged({ isDefault: true })[0]).toContain('for 3 tenant(s): c, d, e (sales)');
  expect(judged({}, true)[0]).toContain('for 5 tenant(s)');
  const all = new Map([['pay', new Map([...'abcde'].map((id) => [id, true] as const))]]);
  expect(judgeFreezes([move(null, 'pay')], frozen, all)).toEqual([]);
});

test('what stays where it is, is not frozen', () => {
  expect(judgeFreezes([move('a', 'pay', { toVersion: 'v1' })], [freeze('x')], none)).toEqual([]);
  expect(judgeFreezes([move('a', 'pay', { toVersion: null })], [freeze('x')], none)).toHaveLength(1);
  expect(judgeFreezes([move('a', 'pay', { fromVersion: null, toVersion: null })], [freeze('x')], none)).toHaveLength(1);
});

const tenants = ['a', 'b', 'c', 'd'];
const services = ['s', 't', 'u'];
const some = <T>(all: readonly T[]) => fc.subarray([...all]);
const worlds = fc.record({
  freezes: fc.array(fc.record({ services: some(services), tenants: fc.option(some(tenants)) }), { maxLength: 5 }),
  cells: fc.array(
    fc.record({ tenant: fc.constantFrom(...tenants), service: fc.constantFrom(...services), isPinned: fc.boolean() }),
  ),
  moves: fc.array(
    fc.record({
      tenantId: fc.option(fc.constantFrom(...tenants)),
      serviceId: fc.constantFrom(...services),
      fromVersion: fc.option(fc.constantFrom('v1', 'v2')),
      toVersion: fc.option(fc.constantFrom('v1', 'v2')),
      isDefault: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
});

test('objects to exactly what a judge says who looks at every tenant, service and freeze', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const cells = new Map<string, Map<string, boolean>>();
      for (const { tenant, service, isPinned } of world.cells)
        cells.set(service, (cells.get(service) ?? new Map()).set(tenant, isPinned));
      const moves = world.moves.map(({ isDefault, ...one }) => ({
        ...one,
        isDefault: isDefault && one.tenantId === null,
      }));
      const isFrozen = (tenant: string, service: string) =>
        world.freezes.some(
          (one) =>
            (one.services.length === 0 || one.services.includes(service)) &&
            (one.tenants === null || one.tenants.includes(tenant)),
        );
      const expected = new Set<string>();
      for (const { tenantId, serviceId, fromVersion, toVersion, isDefault } of moves) {
        if (fromVersion !== null && fromVersion === toVersion) continue;
        // Whoever there is, and one that nobody has heard of yet.
        const reached =
          tenantId !== null
            ? [tenantId]
            : [...tenants, 'newcomer'].filter((tenant) => {
                const isPinned = cells.get(serviceId)?.get(tenant);
                return isDefault ? isPinned === undefined : isPinned !== true;
              });
        if (reached.some((tenant) => isFrozen(tenant, serviceId))) expected.add(`${tenantId}/${serviceId}`);
      }
      const freezes = world.freezes.map((one, index) => freeze(`f${index}`, one));
      const objections = judgeFreezes(moves, freezes, cells);
      const found = objections.map(({ tenantId, serviceId }) => `${tenantId}/${serviceId}`);
      expect(new Set(found)).toEqual(expected);
      expect(found).toHaveLength(expected.size);
    }),
    { numRuns: 1_000 },
  );
});
