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

function linesOf(problem: Problem): string[] {
  const faults = (problem.errors ?? []).map(({ path, message }) => `${path}: ${message}`);
  const objections = (problem.objections ?? []).map(
    ({ code, tenantId, serviceId, detail, mend }) =>
      `${tenantId ?? 'everybody'} ${serviceId}: ${detail} (${code})${mend === null ? '' : ` Mend: ${mend}`}`,
  );
  const references = (problem.references ?? []).map(referenceText);
  const lines = [...faults, ...objections, ...references].map(printable);
  return lines.length <= SHOWN
    ? lines
    : [...lines.slice(0, SHOWN), `… and ${lines.length - SHOWN} more; --json has them all`];
}
