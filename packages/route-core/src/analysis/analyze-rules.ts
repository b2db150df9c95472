import { checkCondition } from '../conditions/index.ts';
import type { RuleSetRecord } from '../routing-records.ts';
import { checkRule, type RuleSurroundings } from './check-rule.ts';
import { compareRules } from './compare-rules.ts';
import { type Formula, isDrawn } from './leaf.ts';
import type { RuleFinding } from './rule-finding.ts';

export interface RuleAnalysisInput extends RuleSurroundings {
  readonly ruleSet: RuleSetRecord;
}

/**
 * What an operator should know before a rule set goes live. Findings about pairs are sound: a rule called shadowed or
 * unreachable never decides. They are not complete, as no such analysis can be. In the order of the rules.
 * The set must have passed `checkRuleSet`.
 */
export function analyzeRules(input: RuleAnalysisInput): RuleFinding[] {
  const { rules } = input.ruleSet;
  const findings: RuleFinding[] = findDuplicates(input.ruleSet);
  for (const [i, rule] of rules.entries()) {
    const path = `rules[${i}]`;
    const faults = rule.when === undefined ? [] : checkCondition(rule.when, `${path}.when`);
    for (const fault of faults) {
      findings.push({ code: 'CONDITION_INVALID', severity: 'error', ruleId: rule.id, otherRuleId: null, ...fault });
    }
    findings.push(...checkRule(rule, path, input));
    if (rule.when !== undefined && faults.length === 0 && isDrawnAnew(rule.when)) {
      const message = 'random() is drawn anew for every request: a user changes between versions';
      const at = { path: `${path}.when`, message };
      findings.push({ code: 'RULE_NOT_STICKY', severity: 'warning', ruleId: rule.id, otherRuleId: null, ...at });
    }
  }
  // What broken rules would do is nobody's question; they may also be nested deeper than comparing bears.
  const broken = new Set(findings.filter(isBroken).map(({ path }) => indexOf(path)));
  const sound = rules.map((rule, i) => (broken.has(i) ? { ...rule, isEnabled: false } : rule));
  findings.push(...compareRules({ ...input.ruleSet, rules: sound }));
  return findings
    .map((finding, i) => ({ finding, i }))
    .sort((x, y) => indexOf(x.finding.path) - indexOf(y.finding.path) || x.i - y.i)
    .map(({ finding }) => finding);
}

function isDrawnAnew(formula: Formula): boolean {
  if (formula.op === 'not') return isDrawnAnew(formula.of);
  return 'of' in formula ? formula.of.some(isDrawnAnew) : isDrawn(formula);
}

function isBroken({ code }: RuleFinding): boolean {
  return code === 'CONDITION_INVALID' || code === 'REGEX_INVALID';
}

function indexOf(path: string): number {
  return Number.parseInt(path.slice('rules['.length), 10);
}

function findDuplicates({ rules }: RuleSetRecord): RuleFinding[] {
  const seen = new Set<string>();
  const findings: RuleFinding[] = [];
  for (const [i, { id }] of rules.entries()) {
    if (seen.has(id)) {
      const message = `another rule has the id "${id}"`;
      findings.push({
        code: 'RULE_ID_DUPLICATE',
        severity: 'error',
        ruleId: id,
        otherRuleId: id,
        path: `rules[${i}].id`,
        message,
      });
    }
    seen.add(id);
  }
  return findings;
}
