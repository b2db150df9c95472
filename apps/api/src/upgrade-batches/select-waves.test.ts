import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, selectWaves, type WaveWish } from './select-waves.ts';

const tenant = (tenantId: string, over: Partial<Candidate> = {}): Candidate => ({
  tenantId,
  tier: null,
  region: null,
  tags: [],
  ring: null,
  byteCount: null,
  ...over,
});
const idsOf = (waves: readonly (readonly Candidate[])[]) => waves.map((wave) => wave.map((one) => one.tenantId));
const many = (count: number, over: (at: number) => Partial<Candidate> = () => ({})) =>
  Array.from({ length: count }, (_, at) => tenant(`t${String(at).padStart(5, '0')}`, over(at)));

describe('selecting waves', () => {
  test('gives each tenant to the first wave that wants it, and names those that none wants', () => {
    const candidates = [
      tenant('a', { tags: ['beta'], ring: '0' }),
      tenant('b', { tags: ['beta'] }),
      tenant('c', { ring: '0' }),
      tenant('d'),
    ];
    const wishes: WaveWish[] = [
      { select: { kind: 'ring', ring: '0' } },
      { select: { kind: 'tag', tag: 'beta' } },
      { select: { kind: 'tenants', tenantIds: ['a', 'x'] } },
    ];
    const { waves, rest } = selectWaves(candidates, wishes, 'id', 's');
    expect(idsOf(waves)).toEqual([['a', 'c'], ['b'], []]);
    expect(rest.map((one) => one.tenantId)).toEqual(['d']);
  });

  test('leaves to later waves what a wave has no room for', () => {
    const wishes: WaveWish[] = [{ select: { kind: 'rest' }, maxSize: 2 }, { select: { kind: 'rest' } }];
    expect(idsOf(selectWaves(many(5), wishes, 'id', 's').waves).map((wave) => wave.length)).toEqual([2, 3]);
  });

  test('takes a percentage of all selected, from every tier and region in proportion', () => {
    const candidates = many(1_000, (at) => ({
      tier: at % 10 < 7 ? 'basic' : 'gold',
      region: at % 2 === 0 ? 'eu' : 'us',
    }));
    const { waves } = selectWaves(
      candidates,
      [{ select: { kind: 'percent', percent: 10 } }, { select: { kind: 'percent', percent: 25 } }],
      'id',
      's',
    );
    const shareOf = (wave: readonly Candidate[]) =>
      Object.fromEntries(
        [...Map.groupBy(wave, (one) => `${one.tier} ${one.region}`)].map(([k, all]) => [k, all.length]),
      );
    expect(shareOf(waves[0] ?? [])).toEqual({ 'basic eu': 40, 'basic us': 30, 'gold eu': 10, 'gold us': 20 });
    expect(shareOf(waves[1] ?? [])).toEqual({ 'basic eu': 100, 'basic us': 75, 'gold eu': 25, 'gold us': 50 });
  });

  test('takes a percentage from every tier and every region in proportion, also where each stratum is one tenant', () => {
    const counts = [
      [2, 50],
      [50, 2],
      [10, 10],
    ] as const;
    for (const [tierCount, regionCount] of counts) {
      const all = many(tierCount * regionCount, (at) => ({
        tier: `tier-${at % tierCount}`,
        region: `region-${Math.floor(at / tierCount)}`,
      }));
      const [wave = []] = selectWaves(all, [{ select: { kind: 'percent', percent: 20 } }], 'id', 's').waves;
      for (const part of ['tier', 'region'] as const)
        for (const [key, members] of Map.groupBy(all, (one) => one[part])) {
          const taken = wave.filter((one) => one[part] === key).length;
          expect(Math.abs(taken - members.length / 5), `${tierCount} × ${regionCount}, ${key}`).toBeLessThanOrEqual(1);
        }
    }
  });

  test('gives what is left over by rounding to nobody for its name', () => {
    const candidates = many(30, (at) => ({ tier: at % 2 === 0 ? 'basic' : 'gold' }));
    const goldOf = (salt: string) =>
      selectWaves(candidates, [{ select: { kind: 'percent', percent: 10 } }], 'id', salt).waves[0]?.filter(
        ({ tier }) => tier === 'gold',
      ).length;
    const times = Array.from({ length: 100 }, (_, at) => goldOf(`s${at}`)).filter((count) => count === 2).length;
    expect(times).toBeGreaterThan(30);
    expect(times).toBeLessThan(70);
  });

  test('draws who is in a percentage, and not the oldest ids', () => {
    const drawn = (salt: string) =>
      idsOf(selectWaves(many(1_000), [{ select: { kind: 'percent', percent: 10 } }], 'id', salt).waves)[0];
    expect(drawn('s')).toEqual(drawn('s'));
    expect(drawn('s')).not.toEqual(drawn('other'));
    expect(drawn('s')?.filter((id) => id < 't00500').length).toBeGreaterThan(30);
    expect(drawn('s')?.filter((id) => id < 't00500').length).toBeLessThan(70);
  });

  test('makes a percentage of few tenants one of them', () => {
    const { waves } = selectWaves(many(3), [{ select: { kind: 'percent', percent: 1 } }], 'id', 's');
    expect(waves[0]).toHaveLength(1);
  });

  test.each([
    ['tier', { tier: 'b' }, { tier: 'a' }],
    ['region', { region: 'us' }, { region: 'eu' }],
    ['smallest', { byteCount: 9 }, { byteCount: 3 }],
  ] as const)('orders a wave by %s, the unknown last, then by id', (order, second, first) => {
    const candidates = [tenant('a'), tenant('b', second), tenant('d', first), tenant('c', first)];
    expect(idsOf(selectWaves(candidates, [{ select: { kind: 'rest' } }], order, 's').waves)[0]).toEqual([
      'c',
      'd',
      'b',
      'a',
    ]);
  });

  test('has every candidate exactly once, whatever the waves', () => {
    const candidate = fc.record({
      tier: fc.constantFrom(null, 'basic', 'gold'),
      region: fc.constantFrom(null, 'eu', 'us'),
      tags: fc.subarray(['beta', 'slow']),
      ring: fc.constantFrom(null, '0', '1'),
      byteCount: fc.option(fc.nat()),
    });
    const select = fc.oneof(
      fc.record({ kind: fc.constant('tag' as const), tag: fc.constantFrom('beta', 'slow', 'none') }),
      fc.record({ kind: fc.constant('ring' as const), ring: fc.constantFrom('0', '1') }),
      fc.record({ kind: fc.constant('percent' as const), percent: fc.double({ min: 0.1, max: 100, noNaN: true }) }),
      fc.record({ kind: fc.constant('tenants' as const), tenantIds: fc.subarray(['t0', 't1', 't2', 't9']) }),
      fc.constant({ kind: 'rest' as const }),
    );
    const wish = fc.record({ select, maxSize: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }) });
    const order = fc.constantFrom('id', 'tier', 'region', 'smallest');
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 60 }),
        fc.array(wish, { maxLength: 6 }),
        order,
        (all, wishes, by) => {
          const candidates = all.map((one, at) => ({ tenantId: `t${at}`, ...one }));
          const { waves, rest } = selectWaves(candidates, wishes, by as 'id', 's');
          const dealt = [...waves.flat(), ...rest].map((one) => one.tenantId);
          expect(dealt.toSorted()).toEqual(candidates.map((one) => one.tenantId).toSorted());
          for (const [at, wave] of waves.entries())
            expect(wave.length).toBeLessThanOrEqual(wishes[at]?.maxSize ?? candidates.length);
        },
      ),
    );
  });
});
