import type { RuleFinding } from '@grey/contracts';
import type { LaneRecord, RuleRecord, RuleSetRecord, ServiceRecord } from '@grey/route-core';
import { ApiError } from '../infra/http/api-error.ts';

/** What a set of rules is judged with. */
export interface RulesContext {
  readonly service: ServiceRecord;
  readonly lanes: readonly LaneRecord[];
  /** Live instances by version. */
  readonly instanceCounts: Readonly<Record<string, number>>;
}

/** What is wrong or doubtful with a set of rules, errors first. */
export function findFindings(ruleSet: RuleSetRecord, { service, lanes }: RulesContext): RuleFinding[] {
  const seen = new Set<string>();
  const versions = new Map(service.versions.map((one) => [one.version, one.status]));
  const tags = new Set(lanes.map((lane) => lane.tag));
  return ruleSet.rules.flatMap((rule, index) => {
    const findings: RuleFinding[] = [];
    const add = (code: string, path: string, message: string) =>
      findings.push({
        code,
        severity: 'error',
        ruleId: rule.id,
        otherRuleId: null,
        path: `rules.${index}${path}`,
        message,
      });
    if (seen.has(rule.id)) add('RULE_ID_DUPLICATE', '.id', `two rules have the id ${rule.id}`);
    seen.add(rule.id);
    for (const version of versionsOf(rule)) {
      const status = versions.get(version);
      if (status === undefined) add('VERSION_UNKNOWN', '.target', `${service.id} has no version ${version}`);
      if (status === 'retired') add('VERSION_RETIRED', '.target', `${service.id} ${version} is retired`);
    }
    const { target } = rule;
    if (target.kind === 'split' && target.split.shares.reduce((sum, one) => sum + one.weight, 0) !== 10_000)
      add('WEIGHTS_WRONG', '.target.shares', 'the weights do not add up to 10000');
    if (target.kind === 'lane' && !tags.has(target.tag)) add('LANE_UNKNOWN', '.target.tag', `no lane ${target.tag}`);
    return findings;
  });
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

function versionsOf({ target, fallback, mirror }: RuleRecord): string[] {
  const named = target.kind === 'version' ? [target.version] : [];
  if (target.kind === 'split') named.push(...target.split.shares.map((one) => one.version));
  return [...new Set([...named, ...[fallback?.version, mirror?.version].filter((one) => one !== undefined)])];
}
