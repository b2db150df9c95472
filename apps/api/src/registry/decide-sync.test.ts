import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIRM_MS, type Doubts, decideSync, type Look, SECOND_LOOK_MS, type Verdict } from './decide-sync.ts';
import type { Registration } from './registration.ts';

function instance(id: string, over: Partial<Registration> = {}): Registration {
  return {
    source: 'nacos',
    request: {
      serviceId: 's',
      instanceId: id,
      version: 'v1',
      address: `10.0.0.1:${1000 + Number(id.slice(1))}`,
      metadata: { weight: 100, tags: [] },
      ttlMs: 15_000,
    },
    isEnabled: true,
    isUntagged: false,
    registeredAt: 0,
    lastSeenAt: 0,
    reported: 'healthy',
    inFlight: null,
    latencyMs: null,
    checked: 'unknown',
    lastCheckedAt: null,
    checkDetail: null,
    ...over,
  };
}
const many = (count: number, over: Partial<Registration> = {}) =>
  Array.from({ length: count }, (_, at) => instance(`i${at}`, over));
const idsOf = (instances: readonly Registration[]) => instances.map((one) => one.request.instanceId).sort();
const look = (over: Partial<Look>): Look => ({ now: 0, believed: [], listed: [], doubts: new Map(), ...over });
const NONE = new Set<string>();

function written(verdict: Verdict) {
  if (verdict.kind !== 'write') throw new Error('the verdict is to ask');
  return verdict;
}

describe('what is believed of a foreign registry', () => {
  it('is everything it lists at first', () => {
    const verdict = written(decideSync(look({ listed: many(3) })));
    expect([idsOf(verdict.instances), verdict.isChanged]).toEqual([['i0', 'i1', 'i2'], true]);
  });

  it('is no change when it says the same again', () => {
    expect(written(decideSync(look({ believed: many(3), listed: many(3) }))).isChanged).toBe(false);
  });

  it.each([
    [2, 1],
    [4, 2],
    [10, 9],
  ])('is the loss of up to half, at once (%i to %i)', (before, after) => {
    const verdict = written(decideSync(look({ believed: many(before), listed: many(after) })));
    expect([verdict.instances.length, verdict.doubts.size]).toEqual([after, 0]);
  });

  it.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [10, 4],
  ])('is doubted when more than half vanish (%i to %i): they are asked themselves', (before, after) => {
    const verdict = decideSync(look({ believed: many(before), listed: many(after) }));
    expect(verdict.kind === 'ask' && verdict.lost.length).toBe(before - after);
  });

  it('is doubted when it calls everybody ill', () => {
    const believed = many(3);
    const ill = many(3, { reported: 'unhealthy' });
    expect(decideSync(look({ believed, listed: ill })).kind).toBe('ask');
    const reachable = new Set(idsOf(believed));
    const kept = written(decideSync(look({ believed, listed: ill, reachable })));
    expect(kept.instances.map((one) => one.reported)).toEqual(['healthy', 'healthy', 'healthy']);
    const doubts = kept.doubts;
    const later = written(decideSync(look({ believed, listed: ill, reachable, doubts, now: CONFIRM_MS })));
    expect(later.instances.map((one) => one.reported)).toEqual(['unhealthy', 'unhealthy', 'unhealthy']);
  });

  it('is its operator, who switches all of them off', () => {
    const verdict = written(decideSync(look({ believed: many(3), listed: many(3, { isEnabled: false }) })));
    expect(verdict.instances.every((one) => !one.isEnabled)).toBe(true);
  });

  it('lets the dead go on the second look, not on the first', () => {
    const first = written(decideSync(look({ believed: many(2), reachable: NONE })));
    expect([first.instances.length, first.isChanged, first.lookAgainInMs]).toEqual([2, false, SECOND_LOOK_MS]);
    const { doubts } = first;
    const second = written(decideSync(look({ believed: many(2), reachable: NONE, doubts, now: SECOND_LOOK_MS })));
    expect([second.instances.length, second.isChanged, second.doubts.size]).toEqual([0, true, 0]);
  });

  it('keeps those that accept a connection until the look 30 s later', () => {
    const believed = many(2);
    const reachable = new Set(['i0']);
    const first = written(decideSync(look({ believed, reachable })));
    const { doubts } = first;
    const soon = written(decideSync(look({ believed, reachable, doubts, now: SECOND_LOOK_MS })));
    expect([idsOf(soon.instances), soon.lookAgainInMs]).toEqual([['i0'], CONFIRM_MS - SECOND_LOOK_MS]);
    const rest = { believed: soon.instances, reachable, doubts: soon.doubts };
    expect(written(decideSync(look({ ...rest, now: CONFIRM_MS - 1 }))).instances).toHaveLength(1);
    expect(written(decideSync(look({ ...rest, now: CONFIRM_MS }))).instances).toHaveLength(0);
  });

  it('keeps doubting the rest while a restarted registry fills up again', () => {
    const believed = many(4);
    const reachable = new Set(idsOf(believed));
    const { doubts } = written(decideSync(look({ believed, reachable })));
    const half = written(decideSync(look({ believed, listed: many(3), reachable, doubts, now: 2_000 })));
    expect(half.instances).toHaveLength(4);
    const whole = written(decideSync(look({ believed, listed: many(4), doubts: half.doubts, now: 4_000 })));
    expect([whole.instances.length, whole.doubts.size, whole.lookAgainInMs]).toEqual([4, 0, undefined]);
  });

  it('leaves what our own check found, until the instance moves', () => {
    const checked = { checked: 'unhealthy', checkDetail: 'no TCP connection' } as const;
    const believed = [instance('i1', checked)];
    const stays = written(decideSync(look({ believed, listed: [instance('i1')] })));
    expect([stays.instances[0], stays.isChanged]).toEqual([believed[0], false]);
    const moved = { ...instance('i1'), request: { ...instance('i1').request, address: '10.0.0.2:1' } };
    expect(written(decideSync(look({ believed, listed: [moved] }))).instances[0]?.checked).toBe('unknown');
  });

  it('never empties a live service on one look, and never keeps the dead for ever', () => {
    const flags = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(flags, flags, flags, (listedFlags, reachableFlags, laterFlags) => {
        const believed = many(8);
        const pick = (chosen: readonly boolean[]) => believed.filter((_, at) => chosen[at % chosen.length]);
        const reachable = new Set(idsOf(pick(reachableFlags)));
        const settle = (
          listed: readonly Registration[],
          before: readonly Registration[],
          doubts: Doubts,
          now: number,
        ) => written(decideSync(look({ believed: before, listed, doubts, reachable, now })));
        const first = settle(pick(listedFlags), believed, new Map(), 0);
        expect(first.instances.length).toBeGreaterThanOrEqual(4);
        let state = first;
        const later = pick(laterFlags);
        for (const now of [1_000, 2_000, 31_000, 32_000, 62_000]) {
          state = settle(later, state.instances, state.doubts, now);
        }
        expect(idsOf(state.instances)).toEqual(idsOf(later));
      }),
    );
  });
});
