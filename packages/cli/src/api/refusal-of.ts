import type { Problem } from '@grey/contracts';
import { CliError } from '../cli-error.ts';
import type { ExitName } from '../exit-codes.ts';
import { printable } from '../terminal/paint.ts';

/** Codes of 5xx that are an answer: the router works, and there is nobody to send the request to. */
const answers = new Set(['NO_INSTANCE', 'SCHEMA_MISMATCH', 'LANE_NOT_SERVED']);
const SHOWN = 20;

/** What the API refused, in its own words. */
export function refusalOf(status: number, problem: Problem, url: string): CliError {
  const title = printable(problem.title);
  const message = problem.detail === undefined ? title : `${title} ${printable(problem.detail)}`;
  return new CliError(exitOf(status, problem.code), `${message} (${problem.code})`, {
    lines: [...linesOf(problem), ...(status === 401 ? [`Log in with: grey login ${url}`] : [])],
    data: { code: problem.code, problem },
  });
}

function exitOf(status: number, code: string): ExitName {
  if (code === 'TENANT_INACTIVE') return 'REFUSED';
  if (status === 401 || status === 403) return 'NOT_ALLOWED';
  return (status >= 500 && !answers.has(code)) || status === 429 ? 'UNREACHABLE' : 'REFUSED';
}

/** What refers says so in words; what only names itself is shown as it came. */
function referenceText(reference: unknown): string {
  const { detail, mend } = (reference ?? {}) as { readonly detail?: unknown; readonly mend?: unknown };
  if (typeof detail !== 'string') return JSON.stringify(reference);
  return typeof mend === 'string' ? `${detail} Mend: ${mend}` : detail;
}

/** Something found in rules or in files: where, what, and what to write instead. */
function findingText(finding: unknown): string {
  const { file, line, path, code, message, mend } = (finding ?? {}) as Readonly<Record<string, unknown>>;
  const place = typeof file === 'string' && file !== '' ? `${file}${line == null ? '' : `:${line}`}: ` : '';
  const where = typeof path === 'string' ? `${path}: ` : place;
  return `${where}${message} (${code})${typeof mend === 'string' && mend !== '' ? ` Mend: ${mend}` : ''}`;
}

/** Findings of a set that is refused speak against it or not; the rest is for `check` to tell. */
function isTelling(finding: unknown): boolean {
  return (finding as { readonly ruling?: unknown } | null)?.ruling !== 'allow';
}

function linesOf(problem: Problem): string[] {
  const faults = (problem.errors ?? []).map(({ path, message }) => `${path}: ${message}`);
  const objections = (problem.objections ?? []).map(
    ({ code, tenantId, serviceId, detail, mend }) =>
      `${tenantId ?? 'everybody'} ${serviceId}: ${detail} (${code})${mend === null ? '' : ` Mend: ${mend}`}`,
  );
  const references = (problem.references ?? []).map(referenceText);
  const findings = (problem.findings ?? []).filter(isTelling).map(findingText);
  const lines = [...faults, ...objections, ...references, ...findings].map(printable);
  return lines.length <= SHOWN
    ? lines
    : [...lines.slice(0, SHOWN), `… and ${lines.length - SHOWN} more; --json has them all`];
}
