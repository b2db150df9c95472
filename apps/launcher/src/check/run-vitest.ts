import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Outcome } from './outcome.ts';
import { type CommandOptions, runCommand } from './run-command.ts';

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
      readonly meta?: { readonly skipReason?: string };
    }[];
  }[];
}

/**
 * Runs the vitest suite of one package.
 *
 * @param folder of the package, relative to the root
 */
export async function runVitest(folder: string, options: CommandOptions): Promise<Outcome> {
  const reportFolder = mkdtempSync(path.join(tmpdir(), 'grey-vitest-'));
  const reportFile = path.join(reportFolder, 'report.json');
  try {
    const result = await runCommand(
      'node_modules/.bin/vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
      { ...options, folder },
    );
    const outcome = readReport(readFileSync(reportFile, 'utf8'));
    if (result.code !== 0 && outcome.failures.length === 0) {
      return { ...outcome, failures: [`${folder}: the runner failed\n${result.output.trimEnd()}`] };
    }
    return withAtLeastOneTest(folder, outcome);
  } catch (error) {
    return { passedCount: 0, failures: [`${folder}: no report was written (${String(error)})`], skips: [] };
  } finally {
    rmSync(reportFolder, { recursive: true, force: true });
  }
}

/** Reads a report; a file that could not even be loaded counts as one failure. */
export function readReport(text: string): Outcome {
  const report = JSON.parse(text) as VitestReport;
  let passedCount = 0;
  const failures: string[] = [];
  const skips: string[] = [];
  for (const file of report.testResults) {
    const failedBefore = failures.length;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passedCount += 1;
      else if (test.status === 'failed') failures.push(`${test.fullName}\n${(test.failureMessages ?? []).join('\n')}`);
      else skips.push(`${test.fullName}: ${test.meta?.skipReason ?? 'no reason given'}`);
    }
    if (file.status === 'failed' && failures.length === failedBefore) {
      failures.push(`${file.name}\n${file.message ?? 'could not be loaded'}`);
    }
  }
  return { passedCount, failures, skips };
}

/** A suite that ran nothing proves nothing: a wrong glob must not look like success. */
export function withAtLeastOneTest(name: string, outcome: Outcome): Outcome {
  if (outcome.passedCount + outcome.failures.length + outcome.skips.length > 0) return outcome;
  return { ...outcome, failures: [`${name}: no test ran`] };
}
