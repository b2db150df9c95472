import { describe, expect, test } from 'vitest';
import { closingLine, sumOf } from './outcome.ts';
import { readPlaywrightReport } from './run-playwright.ts';
import { readReport, withAtLeastOneTest } from './run-vitest.ts';

test('the closing line counts every suite', () => {
  const total = sumOf([
    { passedCount: 3, failures: [], skips: ['a: no browser'] },
    { passedCount: 4, failures: ['b', 'c'], skips: [] },
  ]);
  expect(closingLine(total)).toBe('7 passed, 2 failed, 1 skipped');
});

test('a suite that ran nothing has failed', () => {
  const nothing = { passedCount: 0, failures: [], skips: [] };
  expect(withAtLeastOneTest('apps/x', nothing).failures).toEqual(['apps/x: no test ran']);
  expect(withAtLeastOneTest('apps/x', { ...nothing, passedCount: 1 }).failures).toEqual([]);
});

describe('a vitest report', () => {
  const test1 = { fullName: 'adds', status: 'passed' };
  test('is read test by test', () => {
    const text = JSON.stringify({
      testResults: [
        {
          name: 'x.test.ts',
          status: 'failed',
          assertionResults: [
            test1,
            { fullName: 'divides', status: 'failed', failureMessages: ['by zero'] },
            { fullName: 'multiplies', status: 'pending' },
          ],
        },
      ],
    });
    expect(readReport(text)).toEqual({
      passedCount: 1,
      failures: ['divides\nby zero'],
      skips: ['multiplies: no reason given'],
    });
  });

  test('counts a file that cannot be loaded as a failure', () => {
    const file = { name: 'x.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
    expect(readReport(JSON.stringify({ testResults: [file] })).failures).toEqual(['x.test.ts\nno such module']);
  });
});

describe('a Playwright report', () => {
  const report = (status: string, annotations: unknown[] = []) =>
    JSON.stringify({
      suites: [
        {
          title: 'login.spec.ts',
          suites: [
            { title: 'login', specs: [{ title: 'works', tests: [{ status, annotations, results: [{ error: {} }] }] }] },
          ],
        },
      ],
    });

  test('is read through nested suites', () => {
    expect(readPlaywrightReport(report('expected')).passedCount).toBe(1);
    expect(readPlaywrightReport(report('unexpected')).failures).toHaveLength(1);
  });

  test('counts a flaky test as failed', () => {
    expect(readPlaywrightReport(report('flaky')).failures).toHaveLength(1);
  });

  test('names the reason of a skipped test', () => {
    const skipped = report('skipped', [{ type: 'skip', description: 'needs two screens' }]);
    expect(readPlaywrightReport(skipped).skips).toEqual(['login.spec.ts › login › works: needs two screens']);
  });

  test('skips every listed test by name when there is no browser', () => {
    expect(readPlaywrightReport(report('skipped'), 'no Chromium').skips).toEqual([
      'login.spec.ts › login › works: no Chromium',
    ]);
  });

  test('counts an error outside of any test as a failure', () => {
    expect(readPlaywrightReport(JSON.stringify({ errors: [{ message: 'no config' }] })).failures).toEqual([
      'no config',
    ]);
  });
});
