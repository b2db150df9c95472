import { compileCondition } from '@grey/route-core';
import type { Rule } from './rule-types.ts';

const pathRank = { exact: 0, prefix: 1, regex: 2, none: 3 } as const;

/**
 * The order in which the engine asks: exact path, prefix (the longest first), regex, no path; then the higher priority, then
 * more comparisons, then as declared.
 */
export function inEvaluationOrder(rules: readonly Rule[]): Rule[] {
  return rules
    .map((rule, index) => ({ rule, index, comparisons: countComparisons(rule) }))
    .sort(
      (one, other) =>
        pathRank[one.rule.path?.type ?? 'none'] - pathRank[other.rule.path?.type ?? 'none'] ||
        prefixLength(other.rule) - prefixLength(one.rule) ||
        other.rule.priority - one.rule.priority ||
        other.comparisons - one.comparisons ||
        one.index - other.index,
    )
    .map(({ rule }) => rule);
}

function prefixLength({ path }: Rule): number {
  return path?.type === 'prefix' ? path.value.length : 0;
}

/** A list of methods counts as one comparison; the engine counts those of the condition. */
function countComparisons({ when, methods }: Rule): number {
  const ofMethods = methods === undefined || methods.includes('*') ? 0 : 1;
  return (when === undefined ? 0 : compileCondition(when).comparisonCount) + ofMethods;
}
