import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findChromium } from './find-chromium.ts';
import type { Outcome } from './outcome.ts';
import { type CommandOptions, runCommand } from './run-command.ts';
import { withAtLeastOneTest } from './run-vitest.ts';

/** The part of Playwright's JSON report that is read here. */
interface PlaywrightReport {
  readonly errors?: readonly { readonly message?: string }[];
  readonly suites?: readonly Suite[];
}
interface Suite {
  readonly title: string;
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
      readonly annotations?: readonly { readonly type: string; readonly description?: string }[];
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

/** Runs the browser tests of apps/e2e; without a browser each is skipped by name. */
export async function runPlaywright(options: CommandOptions): Promise<Outcome> {
  const browser = await findChromium(options);
  const reportFolder = mkdtempSync(path.join(tmpdir(), 'grey-playwright-'));
  const reportFile = path.join(reportFolder, 'report.json');
  const isPossible = 'path' in browser;
  try {
    const result = await runCommand(
      'node_modules/.bin/playwright',
      ['test', '--reporter=json', ...(isPossible ? [] : ['--list'])],
      {
        ...options,
        folder: 'apps/e2e',
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile, ...(isPossible ? { GREY_CHROMIUM: browser.path } : {}) },
      },
    );
    const outcome = readPlaywrightReport(readFileSync(reportFile, 'utf8'), isPossible ? undefined : browser.reason);
    if (result.code !== 0 && outcome.failures.length === 0) {
      return { ...outcome, failures: [`apps/e2e: the runner failed\n${result.output.trimEnd()}`] };
    }
    return withAtLeastOneTest('apps/e2e', outcome);
  } catch (error) {
    return { passedCount: 0, failures: [`apps/e2e: no report was written (${String(error)})`], skips: [] };
  } finally {
    rmSync(reportFolder, { recursive: true, force: true });
  }
}

/**
 * @param text JSON report
 * @param skipReason given when the tests were only listed: each counts as skipped for this reason
 */
export function readPlaywrightReport(text: string, skipReason?: string): Outcome {
  const report = JSON.parse(text) as PlaywrightReport;
  const failures = (report.errors ?? []).map((error) => error.message ?? 'the runner failed');
  const skips: string[] = [];
  let passedCount = 0;
  const walk = (suite: Suite, titles: readonly string[]) => {
    const path = [...titles, suite.title];
    for (const spec of suite.specs ?? []) {
      const name = [...path, spec.title].join(' › ');
      for (const test of spec.tests) {
        if (skipReason !== undefined) skips.push(`${name}: ${skipReason}`);
        else if (test.status === 'expected') passedCount += 1;
        else if (test.status === 'skipped') skips.push(`${name}: ${reasonOf(test.annotations)}`);
        // A test that passed only when repeated is a failure: nothing here may depend on luck.
        else failures.push(`${name}\n${test.results.map((one) => one.error?.message ?? '').join('\n')}`);
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, path);
  };
  for (const suite of report.suites ?? []) walk(suite, []);
  return { passedCount, failures, skips };
}

function reasonOf(annotations: readonly { type: string; description?: string }[] = []): string {
  return annotations.find((one) => one.type === 'skip' || one.type === 'fixme')?.description ?? 'no reason given';
}
