import { analyzeRules, checkRuleSet, type SnapshotSource } from '@grey/route-core';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { composeRules } from '../playground/compose-rules.ts';
import type { RuleSet } from './rule-types.ts';

/**
 * What the engine's analysis says of rules, here in the browser: the same function, over the same records, as the API's when
 * they are published.
 *
 * @returns undefined when the source does not hold the service
 */
export function judgeRules(source: SnapshotSource, serviceId: string, rules: RuleSet): RuleFinding[] | undefined {
  const tooLarge = checkRuleSet(rules);
  if (tooLarge.length > 0)
    return tooLarge.map((fault) => ({
      ...fault,
      code: 'CONDITION_INVALID',
      severity: 'error',
      ruleId: null,
      otherRuleId: null,
    }));
  const composed = composeRules(source, serviceId, rules);
  const service = [...composed.services].find(({ id }) => id === serviceId);
  if (!service?.ruleSet) return undefined;
  const instanceCounts: Record<string, number> = {};
  for (const { version, isEnabled, health } of source.instances)
    if (isEnabled && health !== 'unhealthy') instanceCounts[version] = (instanceCounts[version] ?? 0) + 1;
  return analyzeRules({ service, ruleSet: service.ruleSet, lanes: [...(source.lanes ?? [])], instanceCounts });
}
