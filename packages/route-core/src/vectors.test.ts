import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createDecisionEnv,
  type Decision,
  type DecisionRequest,
  decide,
  explain,
  type SnapshotSource,
} from './index.ts';
import { buildSnapshot } from './snapshot.ts';

interface VectorCase {
  readonly name: string;
  readonly source: SnapshotSource;
  /** what the random source gives, in order */
  readonly random?: readonly number[];
  readonly requests: readonly { request: DecisionRequest; expect: Record<string, unknown> & { steps?: string[] } }[];
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

function env(vector: VectorCase) {
  const numbers = [...(vector.random ?? [])];
  return createDecisionEnv({
    random: () => {
      if (numbers.length === 0) throw new Error('the vector gives no more random numbers');
      return numbers.shift()!;
    },
  });
}

it('there are vectors for every feature', () => {
  expect(files.map((file) => file.feature).sort()).toEqual([
    'assignment',
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
      const own = env(vector);
      for (const { request, expect: expected } of vector.requests) {
        const { steps, ...answer } = expected;
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
