import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as engine from './index.ts';
import { runVector, type VectorFile } from './testing/run-vector.ts';

const folder = new URL('../vectors/', import.meta.url);
const files = readdirSync(folder).map((name) => ({
  name,
  ...(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile),
}));

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
    'conditions-cel',
    'conditions-cidr',
    'conditions-headers',
    'conditions-modulo-percentage',
    'conditions-semver',
    'conditions-time',
    'conditions-tree',
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
      for (const [at, { brief, decision, explained, steps, expected }] of runVector(engine, vector).entries()) {
        const { steps: expectedSteps, ...answer } = expected;
        expect(brief).toEqual(answer.ok ? answer : expect.objectContaining(answer));
        const { tenantId, serviceName } = vector.requests[at]!.request;
        expect(decision).toMatchObject({ tenantId, serviceName, ...vector.source.position });
        expect(explained).toEqual(decision);
        if (expectedSteps) expect(steps).toEqual(expectedSteps);
      }
    });
  });
}
