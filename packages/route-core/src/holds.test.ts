import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertHold, buildSnapshot, createDecisionEnv, explain, HoldCycleError, type HoldRecord } from './index.ts';
import { everyRequest, hold, source } from './testing/arbitraries.ts';

function held(
  id: string,
  fromVersion: string,
  toVersion: string,
  scope: HoldRecord['scope'] = { kind: 'all' },
): HoldRecord {
  return { id, serviceId: 's', fromVersion, toVersion, scope };
}
const only = (...tenantIds: string[]): HoldRecord['scope'] => ({ kind: 'tenants', tenantIds });

describe('assertHold', () => {
  it('accepts a chain', () => {
    expect(() => assertHold([held('1', 'b', 'a'), held('2', 'd', 'c')], held('3', 'c', 'b'))).not.toThrow();
  });

  it('refuses a version held to itself', () => {
    expect(() => assertHold([], held('1', 'a', 'a'))).toThrow(HoldCycleError);
  });

  it('refuses the hold that closes a circle, and names the way round', () => {
    const existing = [held('1', 'b', 'c'), held('2', 'c', 'a'), held('3', 'c', 'd')];
    expect(() => assertHold(existing, held('4', 'a', 'b'))).toThrow('the hold closes a circle: a → b → c → a');
  });

  it('ignores holds of other services', () => {
    expect(() => assertHold([{ ...held('1', 'b', 'a'), serviceId: 'other' }], held('2', 'a', 'b'))).not.toThrow();
  });

  it('ignores the hold that it replaces', () => {
    expect(() => assertHold([held('1', 'b', 'a')], held('1', 'a', 'b'))).not.toThrow();
  });

  it('accepts opposite holds for different tenants, refuses them where one tenant is in both', () => {
    const existing = [held('1', 'b', 'a', only('x', 'y'))];
    expect(() => assertHold(existing, held('2', 'a', 'b', only('z')))).not.toThrow();
    expect(() => assertHold(existing, held('2', 'a', 'b', only('z', 'y')))).toThrow(HoldCycleError);
    expect(() => assertHold(existing, held('2', 'a', 'b'))).toThrow(HoldCycleError);
  });

  it('takes a tag to overlap with everyone, as anyone may get it later', () => {
    const existing = [held('1', 'b', 'a', { kind: 'tag', tag: 'gold' })];
    expect(() => assertHold(existing, held('2', 'a', 'b', only('x')))).toThrow(HoldCycleError);
    expect(() => assertHold(existing, held('2', 'a', 'b', { kind: 'tag', tag: 'silver' }))).toThrow(HoldCycleError);
  });

  it('keeps to the tenants that the whole circle has in common', () => {
    const existing = [held('1', 'b', 'c', only('x')), held('2', 'c', 'a', only('y'))];
    expect(() => assertHold(existing, held('3', 'a', 'b'))).not.toThrow();
    expect(() => assertHold([...existing, held('4', 'c', 'a', only('x'))], held('3', 'a', 'b'))).toThrow(
      HoldCycleError,
    );
  });

  it('lets nothing in that could send a tenant in a circle', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(source, fc.array(hold, { maxLength: 8 }), (start, wanted) => {
        const holds: HoldRecord[] = [];
        for (const [at, next] of wanted.entries()) {
          const own = { ...next, id: `h${at}` };
          try {
            assertHold(holds, own);
            holds.push(own);
          } catch (error) {
            expect(error).toBeInstanceOf(HoldCycleError);
          }
        }
        const snapshot = buildSnapshot({ ...start, holds });
        for (const request of everyRequest) {
          const { steps } = explain(snapshot, request, createDecisionEnv());
          expect(steps.filter((step) => step.outcome === 'circle')).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('of several holds on one version', () => {
  const versions = ['a', 'b', 'c'].map((version, at) => ({ version, ordinal: at + 1, status: 'active' as const }));
  const service = {
    id: 's',
    unknownTenant: 'reject',
    balancer: 'round_robin',
    fallback: 'fail',
    defaults: [{ version: 'a', weight: 10_000 }],
    versions,
  } as const;
  const appliedOf = (holds: readonly HoldRecord[]): unknown => {
    const snapshot = buildSnapshot({
      position: { epoch: 'e', revision: 1 },
      tenants: [{ id: 'x', status: 'active', tags: ['t'] }],
      services: [service],
      assignments: [],
      schemas: [],
      holds,
      instances: [],
    });
    const { steps } = explain(snapshot, { tenantId: 'x', serviceName: 's' }, createDecisionEnv());
    return steps.find(({ step }) => step === 'hold')?.detail.holdId;
  };

  it('the one of the lowest id applies, in whatever order they came', () => {
    const holds = [held('2', 'a', 'c'), held('1', 'a', 'b'), held('3', 'a', 'c')];
    expect(appliedOf(holds)).toBe('1');
    expect(appliedOf(holds.toReversed())).toBe('1');
  });

  it('the more special applies before that', () => {
    const everybody = held('1', 'a', 'b');
    const tagged = held('2', 'a', 'b', { kind: 'tag', tag: 't' });
    const named = held('3', 'a', 'b', only('x'));
    expect([appliedOf([everybody, tagged, named]), appliedOf([everybody, tagged]), appliedOf([everybody])]).toEqual([
      '3',
      '2',
      '1',
    ]);
  });
});
