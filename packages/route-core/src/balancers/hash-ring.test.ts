import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecisionEnv } from '../decision-env.ts';
import { countOf, makeTable, pickForUsers, pickIds } from '../testing/instance-tables.ts';
import { buildHashRing, findOnRing, isRingOf } from './hash-ring.ts';

const users = Array.from({ length: 4000 }, (_, i) => `user-${i}`);
const names = (count: number, salt = ''): string[] => Array.from({ length: count }, (_, i) => `node${salt}-${i}`);
const plain = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, {}]));

describe('consistent hash', () => {
  it('moves the keys of the one that leaves, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(11), fc.string(), (count, at, salt) => {
        const all = names(count, salt);
        const gone = all[at % count]!;
        const before = pickForUsers(users, makeTable('consistent_hash', plain(all)));
        const left = all.filter((id) => id !== gone);
        const after = pickForUsers(users, makeTable('consistent_hash', plain(left)));
        const moved = users.filter((_, i) => before[i] !== after[i]);
        expect(moved).toEqual(users.filter((_, i) => before[i] === gone));
        // A share of a ring of 150 nodes each stays within half and twice of 1/n, far outside of its spread.
        expect(moved.length / users.length).toBeGreaterThan(0.5 / count);
        expect(moved.length / users.length).toBeLessThan(2 / count);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('takes for the eleventh of eleven about a tenth of the keys, all to it', () => {
    const before = pickForUsers(users, makeTable('consistent_hash', plain(names(10))));
    const after = pickForUsers(users, makeTable('consistent_hash', plain(names(11))));
    const moved = after.filter((id, i) => id !== before[i]);
    expect(new Set(moved)).toEqual(new Set(['node-10']));
    expect(moved.length / users.length).toBeGreaterThan(0.06);
    expect(moved.length / users.length).toBeLessThan(0.13);
  });

  it('answers alike in every process and after every reload', () => {
    const first = pickForUsers(users, makeTable('consistent_hash', plain(names(5))));
    const env = createDecisionEnv();
    pickForUsers(users, makeTable('consistent_hash', plain(names(3))), env);
    expect(pickForUsers(users, makeTable('consistent_hash', plain(names(5))), env)).toEqual(first);
  });

  it('gives an instance of half the weight half the nodes', () => {
    const ring = buildHashRing(
      makeTable('consistent_hash', { a: { weight: 80 }, b: { weight: 40 }, c: { weight: 1 } }),
    );
    expect([0, 1, 2].map((at) => ring.owners.filter((owner) => owner === at).length)).toEqual([150, 75, 2]);
    expect(ring.points).toEqual(ring.points.toSorted());
  });

  it('gives an instance of weight 0 no node, and a tiny one at least one', () => {
    const ring = buildHashRing(
      makeTable('consistent_hash', { a: { weight: 0 }, b: { weight: 9999 }, c: { weight: 1 } }),
    );
    expect([0, 1, 2].map((at) => ring.owners.filter((owner) => owner === at).length)).toEqual([0, 150, 1]);
  });

  it('gives a key that falls on a point to the owner of the point', () => {
    const ring = buildHashRing(makeTable('consistent_hash', plain(names(3))));
    for (const [owner, id] of names(3).entries()) {
      for (const i of [0, 77, 149]) expect(findOnRing(ring, `${id}:${i}`)).toBe(owner);
    }
  });

  it('moves no key of the others when the heaviest falls ill', () => {
    const heavy = { a: { weight: 300 }, b: {}, c: {} };
    const before = pickForUsers(users, makeTable('consistent_hash', heavy));
    const ill = { ...heavy, a: { weight: 300, health: 'unhealthy' as const } };
    const after = pickForUsers(users, makeTable('consistent_hash', ill));
    expect(users.filter((_, i) => before[i] !== 'a' && before[i] !== after[i])).toEqual([]);
    expect(countOf(before, 'a') / users.length).toBeGreaterThan(0.45);
  });

  it('knows which table a ring was built for', () => {
    const ring = buildHashRing(makeTable('consistent_hash', { a: {}, b: { weight: 50 } }));
    expect(isRingOf(ring, makeTable('consistent_hash', { a: { inFlight: 9 }, b: { weight: 50, latencyMs: 1 } }))).toBe(
      true,
    );
    for (const other of [
      { a: {}, b: {} },
      { a: {}, c: { weight: 50 } },
      { a: {} },
      { a: {}, b: { weight: 50 }, c: {} },
    ]) {
      expect(isRingOf(ring, makeTable('consistent_hash', other))).toBe(false);
    }
  });

  it('answers without a request, too', () => {
    expect(new Set(pickIds(5, makeTable('consistent_hash', plain(names(5))))).size).toBe(1);
  });
});

describe('affinity', () => {
  const sticky = { affinity: { by: 'user' } } as const;

  it.each(['round_robin', 'random', 'health_aware', 'least_connections'] as const)(
    'keeps users together over %s',
    (balancer) => {
      const table = makeTable(balancer, plain(names(7)), sticky);
      const env = createDecisionEnv();
      const first = pickForUsers(users.slice(0, 200), table, env);
      expect(pickForUsers(users.slice(0, 200), table, env)).toEqual(first);
      expect(new Set(first).size).toBe(7);
    },
  );

  it('takes a turn where nobody asks', () => {
    expect(pickIds(3, makeTable('round_robin', plain(['a', 'b']), sticky))).toEqual(['a', 'b', 'a']);
  });
});
