import { type RegisterInstance, registerInstanceSchema } from '@grey/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { HealthChecker } from './health-checker.ts';
import type { CheckResult } from './instance-registry.ts';
import type { Registration } from './registration.ts';

function registration(instanceId: string): Registration {
  const request: RegisterInstance = registerInstanceSchema.parse({
    serviceId: 's',
    instanceId,
    version: 'v1',
    address: '127.0.0.1:1',
    healthCheck: { endpoint: '/h', interval: '10s', timeout: '1s' },
  });
  return {
    source: 'builtin',
    request,
    isEnabled: true,
    isUntagged: false,
    registeredAt: 0,
    lastSeenAt: 0,
    reported: 'unknown',
    inFlight: null,
    latencyMs: null,
    checked: 'unknown',
    lastCheckedAt: null,
    checkDetail: null,
  };
}

describe('HealthChecker', () => {
  let listed: Registration[];
  let recorded: [string, CheckResult][];
  let running: ((result: CheckResult) => void)[];
  let clock: number;
  let checker: HealthChecker;

  beforeEach(() => {
    listed = [registration('a')];
    recorded = [];
    running = [];
    clock = 0;
    checker = new HealthChecker(
      { listChecked: () => listed, recordCheck: (request, result) => recorded.push([request.instanceId, result]) },
      { now: () => clock, random: () => 0.5, probe: () => new Promise((resolve) => running.push(resolve)) },
    );
  });
  const settle = async () => {
    for (const finish of running.splice(0)) finish({ health: 'healthy', detail: 'HTTP 200' });
    await new Promise((resolve) => setImmediate(resolve));
  };

  it('checks a new instance at once and then at its interval', async () => {
    checker.runDue();
    await settle();
    expect(recorded).toEqual([['a', { health: 'healthy', detail: 'HTTP 200' }]]);
    clock = 9_999;
    checker.runDue();
    expect(running).toHaveLength(0);
    clock = 10_000;
    checker.runDue();
    expect(running).toHaveLength(1);
  });

  it('does not ask again while an answer is outstanding', () => {
    checker.runDue();
    clock = 60_000;
    checker.runDue();
    expect(running).toHaveLength(1);
  });

  it('asks at most 32 at once and the others afterwards', async () => {
    listed = Array.from({ length: 40 }, (_, i) => registration(`i${i}`));
    checker.runDue();
    expect(running).toHaveLength(32);
    await settle();
    checker.runDue();
    expect(running).toHaveLength(8);
  });

  it('spreads the checks by up to a tenth of the interval', async () => {
    const early = new HealthChecker(
      { listChecked: () => listed, recordCheck: () => {} },
      { now: () => clock, random: () => 0, probe: () => new Promise((resolve) => running.push(resolve)) },
    );
    early.runDue();
    await settle();
    clock = 9_000;
    early.runDue();
    expect(running).toHaveLength(1);
  });

  it('checks an instance that came back at once', async () => {
    checker.runDue();
    await settle();
    const [again] = listed.splice(0);
    checker.runDue();
    listed.push(again!);
    checker.runDue();
    expect(running).toHaveLength(1);
  });

  it('takes a check that breaks for an unhealthy instance', async () => {
    const broken = new HealthChecker(
      { listChecked: () => listed, recordCheck: (request, result) => recorded.push([request.instanceId, result]) },
      { probe: () => Promise.reject(new Error('odd')) },
    );
    broken.runDue();
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorded[0]?.[1].health).toBe('unhealthy');
  });
});
