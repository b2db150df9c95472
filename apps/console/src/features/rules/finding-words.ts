import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';

/** A finding in the operator's language; the engine's own sentence, with its particulars, stands beside it. */
export function useFindingWords(): (finding: Pick<RuleFinding, 'code' | 'message'>) => string {
  const { t, i18n } = useTranslation();
  return ({ code, message }) =>
    i18n.exists(`rules.finding.${code}`) ? t(`rules.finding.${code as 'RULE_SHADOWED'}`) : message;
}

export interface FindingCount {
  readonly errors: number;
  readonly warnings: number;
}

export function countFindings(findings: readonly RuleFinding[]): FindingCount {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

/** The findings about each rule; those about two rules stand at both. */
export function findingsByRule(findings: readonly RuleFinding[]): ReadonlyMap<string, readonly RuleFinding[]> {
  const byRule = new Map<string, RuleFinding[]>();
  for (const finding of findings)
    for (const id of new Set([finding.ruleId, finding.otherRuleId]))
      if (id !== null) byRule.set(id, [...(byRule.get(id) ?? []), finding]);
  return byRule;
}
