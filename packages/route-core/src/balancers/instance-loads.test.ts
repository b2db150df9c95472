import { describe, expect, it } from 'vitest';
import { createDecisionEnv } from '../decision-env.ts';
import { makeInstances } from '../testing/instance-tables.ts';
import { countInFlight, readLatency, reportEnd, reportStart } from './instance-loads.ts';

const [a] = makeInstances({ a: {} }) as [ReturnType<typeof makeInstances>[number]];
const ended = (latencyMs: number, isFailure = false) => ({ latencyMs, isFailure });

function clocked() {
  const clock = { now: 1_000_000 };
  return { clock, env: createDecisionEnv({ now: () => clock.now }) };
}

describe('the latency of an instance', () => {
  it('is unknown before anything was reported', () => {
    expect(readLatency(clocked().env, a)).toBeNaN();
    expect(readLatency(clocked().env, { ...a, latencyMs: 7 })).toBe(7);
  });

  it('rises at once and falls by the time since', () => {
    const { clock, env } = clocked();
    reportEnd(env, a, ended(10));
    reportEnd(env, a, ended(50));
    expect(readLatency(env, a)).toBe(50);
    reportEnd(env, a, ended(10));
    expect(readLatency(env, a)).toBe(50);
    clock.now += 10_000;
    reportEnd(env, a, ended(10));
    expect(readLatency(env, a)).toBeCloseTo(50 / Math.E + 10 * (1 - 1 / Math.E), 9);
  });

  it('fades while nothing is reported', () => {
    const { clock, env } = clocked();
    reportEnd(env, { ...a, latencyMs: 3 }, ended(50));
    clock.now += 20_000;
    expect(readLatency(env, { ...a, latencyMs: 3 })).toBeCloseTo(50 / Math.E ** 2, 9);
  });

  it('may be nothing at all', () => {
    const { env } = clocked();
    reportEnd(env, { ...a, latencyMs: 9 }, ended(0));
    expect(readLatency(env, { ...a, latencyMs: 9 })).toBe(0);
  });

  it('does not grow when the clock is set back', () => {
    const { clock, env } = clocked();
    reportEnd(env, a, ended(50));
    clock.now -= 20_000;
    expect(readLatency(env, a)).toBe(50);
  });

  it('is a second after the first failure, twice the mean after the next, and a minute at most', () => {
    const { env } = clocked();
    reportEnd(env, a, ended(1, true));
    expect(readLatency(env, a)).toBe(1000);
    reportEnd(env, a, ended(1, true));
    expect(readLatency(env, a)).toBe(2000);
    reportEnd(env, a, ended(9000, true));
    expect(readLatency(env, a)).toBe(9000);
    for (let i = 0; i < 5; i++) reportEnd(env, a, ended(Number.NaN, true));
    expect(readLatency(env, a)).toBe(60_000);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('is not moved by %s', (latencyMs) => {
    const { clock, env } = clocked();
    reportEnd(env, a, ended(5));
    clock.now += 10_000;
    reportEnd(env, a, ended(latencyMs));
    expect(readLatency(env, a)).toBeCloseTo(5 / Math.E, 9);
  });
});

describe('requests under way', () => {
  it('are what was reported and what began here, never below that', () => {
    const { env } = clocked();
    const reported = { ...a, inFlight: 2 };
    expect(countInFlight(env, reported)).toBe(2);
    reportStart(env, reported);
    reportStart(env, reported);
    expect(countInFlight(env, reported)).toBe(4);
    for (let i = 0; i < 3; i++) reportEnd(env, reported, ended(1));
    expect(countInFlight(env, reported)).toBe(2);
    expect(countInFlight(env, makeInstances({ other: {} })[0]!)).toBe(0);
  });

  it('are forgotten of idle instances first, and of those not heard of for longest', () => {
    const { clock, env } = clocked();
    const many = makeInstances(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`i${i}`, {}])));
    for (const [i, instance] of many.entries()) {
      clock.now++;
      reportStart(env, instance);
      if (i > 5) reportEnd(env, instance, ended(1));
    }
    expect(env.loads.size).toBe(9001);
    expect(many.slice(0, 6).every((instance) => env.loads.has(instance.instanceId))).toBe(true);
    expect(many.slice(6, 1006).some((instance) => env.loads.has(instance.instanceId))).toBe(false);
    expect(many.slice(1006).every((instance) => env.loads.has(instance.instanceId))).toBe(true);
  });
});
