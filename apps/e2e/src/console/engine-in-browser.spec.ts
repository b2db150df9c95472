import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import type { AnalysisCase, SimulationCase } from '../../../../packages/route-core/src/testing/run-judgement.ts';
import type { VectorFile } from '../../../../packages/route-core/src/testing/run-vector.ts';
import { bundleEngine, type EngineInPage } from './engine-in-page.ts';

const folder = new URL('../../../../packages/route-core/vectors/', import.meta.url);
const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile);

/** What is said of rule sets before they go live. */
function readCases<T>(name: string): T[] {
  const file = new URL(`../judgements/${name}.json`, folder);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: T[] }).cases;
}

test.describe('the engine in the browser decides as it does in Node', () => {
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    const script = await bundleEngine();
    page = await browser.newPage();
    await page.addScriptTag({ content: script });
  });
  test.afterAll(() => page.close());

  for (const { feature, cases } of files)
    test(`golden vectors: ${feature}`, async () => {
      expect(cases.length).toBeGreaterThan(0);
      for (const vector of cases) {
        const answers = await page.evaluate(
          (one) => (globalThis as unknown as { greyEngine: EngineInPage }).greyEngine.run(one),
          vector,
        );
        expect(answers.length, vector.name).toBe(vector.requests.length);
        for (const [at, { brief, decision, explained, steps, expected }] of answers.entries()) {
          const { steps: expectedSteps, ...answer } = expected;
          expect(brief, vector.name).toEqual(answer.ok ? answer : expect.objectContaining(answer));
          expect(decision, vector.name).toMatchObject({
            tenantId: vector.requests[at]?.request.tenantId,
            serviceName: vector.requests[at]?.request.serviceName,
            ...(vector.earlier ?? vector.source).position,
          });
          expect(explained, vector.name).toEqual(decision);
          if (expectedSteps) expect(steps, vector.name).toEqual(expectedSteps);
        }
      }
    });

  test('golden analyses', async () => {
    for (const one of readCases<AnalysisCase>('analysis')) {
      expect(
        await page.evaluate(
          (given) => (globalThis as unknown as { greyEngine: EngineInPage }).greyEngine.analyze(given),
          one,
        ),
        one.name,
      ).toEqual(one.findings);
    }
  });

  test('golden simulations', async () => {
    for (const one of readCases<SimulationCase>('simulation')) {
      const { said, came } = await page.evaluate(
        (given) => (globalThis as unknown as { greyEngine: EngineInPage }).greyEngine.simulate(given),
        one,
      );
      expect(said, one.name).toMatchObject(one.expect);
      expect(came, one.name).toEqual(said);
    }
  });
});
