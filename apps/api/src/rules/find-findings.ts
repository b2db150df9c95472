import type { RuleFinding, RuleSetInput } from '@grey/contracts';
import { analyzeRules, checkRuleSet, type LaneRecord, type RuleSetRecord, type ServiceRecord } from '@grey/route-core';
import { ApiError } from '../infra/http/api-error.ts';
import { findOverlong } from './bound-expressions.ts';

/** What a set of rules is judged with. */
export interface RulesContext {
  readonly service: ServiceRecord;
  readonly lanes: readonly LaneRecord[];
  /** Instances that may answer, by version. */
  readonly instanceCounts: Readonly<Record<string, number>>;
}

/** What is wrong or doubtful with a set of rules. One that is too large to be looked at is wrong as a whole. */
export function findFindings(ruleSet: RuleSetRecord, context: RulesContext): RuleFinding[] {
  const faults = checkRuleSet(ruleSet);
  if (faults.length === 0) return asWritten(analyzeRules({ ruleSet, ...context }));
  return faults.map((fault) => ({
    code: 'CONDITION_INVALID',
    severity: 'error',
    ruleId: null,
    otherRuleId: null,
    ...fault,
  }));
}

/** Findings on what an operator wrote: nobody writes buckets, and weights that do not add up get none. */
function asWritten(findings: readonly RuleFinding[]): RuleFinding[] {
  const withoutBuckets = new Set(findings.filter((one) => one.code === 'WEIGHTS_WRONG').map((one) => one.ruleId));
  return findings
    .filter((one) => one.code !== 'RANGES_WRONG' || !withoutBuckets.has(one.ruleId))
    .map((one) => ({ ...one, path: one.path.replace('.target.split.', '.target.') }));
}

/** @throws ApiError VALIDATION_FAILED when a set that was sent is too large to be looked at */
export function assertSize(input: RuleSetInput): void {
  const faults = checkRuleSet(input).map(({ path, message }) => ({ path: `body.${path}`, message }));
  const overlong = findOverlong(
    input.rules.map(({ when }, index) => ({ condition: when, path: `body.rules[${index}].when` })),
  );
  if (overlong !== undefined) faults.push(overlong);
  const [first] = faults;
  if (first === undefined) return;
  throw new ApiError('VALIDATION_FAILED', { detail: `${first.path}: ${first.message}`, errors: faults });
}

/** @throws ApiError RULES_INVALID when any of them is an error; warnings pass */
export function assertSound(findings: readonly RuleFinding[]): void {
  const errors = findings.filter((one) => one.severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  throw new ApiError('RULES_INVALID', {
    detail: `${first.path}: ${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`,
    errors: errors.map(({ path, message }) => ({ path, message })),
    findings: [...findings],
  });
}
