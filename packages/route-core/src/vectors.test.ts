import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createDecisionEnv,
  type Decision,
  type DecisionEnv,
  type DecisionRequest,
  decide,
  explain,
  reportEnd,
  reportStart,
  type Snapshot,
  type SnapshotSource,
} from './index.ts';
import { buildSnapshot } from './snapshot.ts';

interface VectorCase {
  readonly name: string;
  readonly source: SnapshotSource;
  /** what the random source gives, in order */
  readonly random?: readonly number[];
  /** what the clock shows at first, milliseconds since 1970; without it, asking for the time is an error */
  readonly now?: number;
  readonly requests: readonly VectorRequest[];
}

interface VectorRequest {
  readonly request: DecisionRequest;
  /** what the clock shows from here on */
  readonly now?: number;
  /** calls that began and ended before the request, in order */
  readonly reports?: readonly { instance: string; event: 'start' | 'end'; latencyMs?: number; isFailure?: boolean }[];
  readonly expect: Record<string, unknown> & { steps?: string[] };
}

const folder = new URL('../vectors/', import.meta.url);
const files = readdirSync(folder).map((name) => ({
  name,
  ...(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { feature: string; cases: VectorCase[] }),
}));

/** A decision as the vectors write it: the instance by its id, without what merely repeats request and snapshot. */
function brief(decision: Decision): Record<string, unknown> {
  const { tenantId: _t, serviceName: _s, epoch: _e, revision: _r, ...rest } = decision;
  return rest.ok ? { ...rest, instance: rest.instance.instanceId } : rest;
}

function env(vector: VectorCase, clock: { now: number | undefined }) {
  const numbers = [...(vector.random ?? [])];
  return createDecisionEnv({
    now: () => {
      if (clock.now === undefined) throw new Error('the vector has no time');
      return clock.now;
    },
    random: () => {
      if (numbers.length === 0) throw new Error('the vector gives no more random numbers');
      return numbers.shift()!;
    },
  });
}

function report(reports: VectorRequest['reports'], snapshot: Snapshot, to: DecisionEnv): void {
  const instances = new Map(snapshot.listInstances().map((instance) => [instance.instanceId, instance]));
  for (const { instance: id, event, latencyMs = 0, isFailure = false } of reports ?? []) {
    const instance = instances.get(id)!;
    if (event === 'start') reportStart(to, instance);
    else reportEnd(to, instance, { latencyMs, isFailure });
  }
}

it('there are vectors for every feature', () => {
  expect(files.map((file) => file.feature).sort()).toEqual([
    'assignment',
    'balancer-affinity',
    'balancer-consistent-hash',
    'balancer-health-aware',
    'balancer-least-connections',
    'balancer-peak-ewma',
    'balancer-per-request',
    'balancer-slow-start',
    'balancer-weighted-random',
    'explain',
    'health-fallback',
    'holds',
    'random',
    'round-robin',
    'schema-guard',
    'tenant-policy',
    'weighted-default',
    'weighted-round-robin',
  ]);
  for (const file of files) expect(file.cases.length, file.name).toBeGreaterThanOrEqual(6);
});

for (const file of files) {
  describe(`golden vectors: ${file.feature}`, () => {
    it.each(file.cases)('$name', (vector) => {
      const snapshot = buildSnapshot(vector.source);
      const clock = { now: vector.now };
      const own = env(vector, clock);
      for (const { request, now, reports, expect: expected } of vector.requests) {
        const { steps, ...answer } = expected;
        clock.now = now ?? clock.now;
        report(reports, snapshot, own);
        const explained = explain(snapshot, request, own);
        const decision = decide(snapshot, request, own);
        expect(brief(decision)).toEqual(answer.ok ? answer : expect.objectContaining(answer));
        const { tenantId, serviceName } = request;
        expect(decision).toMatchObject({ tenantId, serviceName, ...vector.source.position });
        expect(explained.decision).toEqual(decision);
        if (steps) expect(explained.steps.map((s) => `${s.step} ${s.outcome}`)).toEqual(steps);
      }
    });
  });
}
