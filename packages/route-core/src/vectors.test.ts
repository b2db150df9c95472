import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as engine from './index.ts';
import { runVector, type VectorFile } from './testing/run-vector.ts';

const folder = new URL('../vectors/', import.meta.url);
const files = readdirSync(folder).map((name) => ({
  name,
  ...(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile),
}));

it('there are vectors for every feature, at least six each', () => {
  expect(files.length).toBeGreaterThanOrEqual(34);
  for (const { name, feature, cases } of files) {
    expect(`${feature}.json`).toBe(name);
    expect(cases.length, name).toBeGreaterThanOrEqual(6);
    expect(new Set(cases.map((one) => one.name)).size, name).toBe(cases.length);
  }
});

for (const file of files) {
  describe(`golden vectors: ${file.feature}`, () => {
    it.each(file.cases)('$name', (vector) => {
      for (const [at, { brief, decision, explained, steps, expected }] of runVector(engine, vector).entries()) {
        const { steps: expectedSteps, ...answer } = expected;
        expect(brief).toEqual(answer.ok ? answer : expect.objectContaining(answer));
        const { tenantId, serviceName } = vector.requests[at]!.request;
        expect(decision).toMatchObject({ tenantId, serviceName, ...(vector.earlier ?? vector.source).position });
        expect(explained).toEqual(decision);
        if (expectedSteps) expect(steps).toEqual(expectedSteps);
      }
    });
  });
}
