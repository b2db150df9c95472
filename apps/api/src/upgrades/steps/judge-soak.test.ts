import type { Decision } from '@grey/route-core';
import { describe, expect, test } from 'vitest';
import {
  HOOK_SILENCE_MS,
  type HookState,
  isHookDue,
  judgeSoak,
  NOTHING_PROVEN,
  type SoakFacts,
  unprovenBy,
} from './judge-soak.ts';
import { SoakCounters } from './soak-counters.ts';

const startedAt = new Date('2026-01-01T00:00:00.000Z');
const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000);
const gates = { maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 };
const judge = (over: Partial<SoakFacts> & { gates?: object }) => {
  const options = { soakSeconds: 60, gates: { ...gates, ...over.gates } };
  return judgeSoak({ options, startedAt, now: after(60), decisionCount: 0, failedCount: 0, hook: null, ...over });
};
const hookUrl = 'https://metrics.example';
const heard = (over: Partial<HookState>): HookState => ({
  ...{ askedAt: after(55).toISOString(), verdict: 'pass', detail: null, silentSince: null },
  ...over,
});

describe('a soak', () => {
  test('goes on until its time is up, and passes then', () => {
    expect(judge({ now: after(59) })).toMatchObject({ kind: 'wait', until: after(60) });
    expect(judge({ decisionCount: 1 })).toEqual({ kind: 'pass', detail: '0 of 1 decisions failed.' });
  });

  test('that saw nothing passes where nothing was asked for, and says that it has proven nothing', () => {
    const blind = judge({});
    expect(blind).toMatchObject({ kind: 'pass', detail: expect.stringContaining(NOTHING_PROVEN) });
    const asked = judge({ gates: { hookUrl }, hook: heard({ detail: 'fine' }) });
    expect(asked).toEqual({ kind: 'pass', detail: 'No decision was seen; the hook alone said pass (fine).' });
    expect(judge({ gates: { minDecisions: 1 } })).toMatchObject({ kind: 'wait' });
    const doubt = (over: object, soakSeconds = 60) => unprovenBy({ soakSeconds, gates: { ...gates, ...over } });
    expect([doubt({}), doubt({}, 0)]).toEqual([
      expect.stringMatching(/single decision/),
      expect.stringMatching(/no time/),
    ]);
    expect([doubt({ minDecisions: 1 }), doubt({ hookUrl })]).toEqual([undefined, undefined]);
  });

  test('ends at once where more decisions fail than the gate allows', () => {
    expect(judge({ now: after(1), decisionCount: 100, failedCount: 6 })).toMatchObject({
      kind: 'fail',
      code: 'GATE_FAILED',
    });
    expect(judge({ decisionCount: 100, failedCount: 5 })).toMatchObject({ kind: 'pass' });
    expect(judge({ gates: { maxFailedShare: 0 }, decisionCount: 100, failedCount: 1 }).kind).toBe('fail');
  });

  test('takes too few decisions for no proof, neither way', () => {
    const few = { gates: { minDecisions: 10 }, decisionCount: 9 };
    expect(judge({ ...few, failedCount: 9 })).toMatchObject({ kind: 'wait', until: after(65) });
    expect(judge({ ...few, decisionCount: 10, failedCount: 9 }).kind).toBe('fail');
    expect(judge({ ...few, decisionCount: 10 }).kind).toBe('pass');
  });

  test('believes its hook: pass at the end, fail at once', () => {
    const asked = { gates: { hookUrl } };
    expect(judge({ ...asked, hook: heard({}) }).kind).toBe('pass');
    expect(judge({ ...asked, hook: heard({ verdict: 'wait' }) })).toMatchObject({ kind: 'wait', until: after(65) });
    expect(judge({ ...asked, now: after(1), hook: heard({ verdict: 'fail', detail: 'slow' }) })).toEqual({
      ...{ kind: 'fail', code: 'GATE_HOOK_FAILED', detail: 'The hook said fail (slow).' },
    });
  });

  test('waits for a hook that says nothing, and fails when it stays silent', () => {
    const silent = heard({ verdict: null, silentSince: startedAt.toISOString() });
    const at = (ms: number) => judge({ gates: { hookUrl }, hook: silent, now: new Date(startedAt.getTime() + ms) });
    expect(at(HOOK_SILENCE_MS - 1).kind).toBe('wait');
    expect(at(HOOK_SILENCE_MS)).toMatchObject({ kind: 'fail', code: 'GATE_HOOK_SILENT' });
  });

  test('asks its hook at first, and then as often as was said', () => {
    const options = { soakSeconds: 60, gates: { ...gates, hookUrl } };
    const due = (hook: HookState | null, seconds: number) => isHookDue({ options, now: after(seconds), hook });
    expect([due(null, 0), due(heard({}), 64), due(heard({}), 65)]).toEqual([true, false, true]);
    expect(isHookDue({ options: { soakSeconds: 60, gates }, now: after(0), hook: null })).toBe(false);
  });
});

describe('counting for a soak', () => {
  const key = { upgradeId: 'u', tenantId: 't', serviceId: 's', toVersion: 'v2' };
  const routed = (over: object = {}) =>
    ({ ok: true, tenantId: 't', serviceName: 's', version: 'v2', fallback: null, ...over }) as Decision;

  test('sees the tenants that soak and nobody else, until they no longer do', () => {
    const counters = new SoakCounters();
    counters.decided(routed());
    counters.follow([key]);
    counters.decided(routed());
    counters.decided(routed({ tenantId: 'other' }));
    counters.decided(routed({ version: 'v1', fallback: { from: 'v2', to: 'v1' } }));
    counters.decided({ ok: false, code: 'NO_INSTANCE', tenantId: 't', serviceName: 's' } as Decision);
    counters.decided({ ok: false, code: 'TENANT_INACTIVE', tenantId: 't', serviceName: 's' } as Decision);
    const counted = [{ upgradeId: 'u', decisionCount: 4, failedCount: 2 }];
    expect(counters.take()).toEqual(counted);
    expect(counters.take()).toEqual([]);
    counters.giveBack(counted);
    counters.follow([key, { ...key, upgradeId: 'w', tenantId: 'x' }]);
    expect(counters.take()).toEqual(counted);
    counters.follow([]);
    counters.decided(routed());
    expect(counters.take()).toEqual([]);
  });
});
