import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import type { VectorFile } from '../../../../packages/route-core/src/testing/run-vector.ts';
import { bundleEngine, type EngineInPage } from './engine-in-page.ts';

const folder = new URL('../../../../packages/route-core/vectors/', import.meta.url);
const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile);

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
});
