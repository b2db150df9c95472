import type { RuleInput, RuleSetInput } from '@grey/contracts';
import {
  assignRanges,
  type Condition,
  type RuleRecord,
  type RuleSetRecord,
  type SplitRecord,
  type TargetRecord,
} from '@grey/route-core';

const WHOLE = 10_000;
type SplitInput = Extract<RuleInput['target'], { kind: 'split' }>;

/**
 * What an operator wrote as the engine reads it, with the buckets of each split given out. A rule that keeps its id keeps
 * its buckets: raising a share moves nobody else. Weights that do not add up get none; the analysis refuses such a set.
 *
 * @param number of the set among those published of the service
 * @param live what routes now, if anything
 */
export function ruleSetRecordOf(
  serviceId: string,
  input: RuleSetInput,
  number: number,
  live: RuleSetRecord | undefined,
): RuleSetRecord {
  const before = new Map(live?.rules.map((rule) => [rule.id, rule]));
  return {
    number,
    normalizePath: input.normalizePath,
    rules: input.rules.map((rule) => ruleRecordOf(serviceId, rule, before.get(rule.id))),
  };
}

function ruleRecordOf(serviceId: string, rule: RuleInput, before: RuleRecord | undefined): RuleRecord {
  const { fallback, mirror, path, methods, when } = rule;
  return {
    id: rule.id,
    name: rule.name,
    priority: rule.priority,
    isEnabled: rule.isEnabled,
    ...(path === undefined ? {} : { path }),
    ...(methods === undefined ? {} : { methods }),
    ...(when === undefined ? {} : { when: when as Condition }),
    target: targetOf(serviceId, rule, before),
    ...(fallback === undefined ? {} : { fallback: fallback as NonNullable<RuleRecord['fallback']> }),
    ...(mirror === undefined ? {} : { mirror }),
  };
}

function targetOf(serviceId: string, { id, target }: RuleInput, before: RuleRecord | undefined): TargetRecord {
  if (target.kind !== 'split') return target;
  const owned = before?.target.kind === 'split' ? before.target.split : undefined;
  const { unit, whenMissing, salt = `${serviceId}:${id}` } = target;
  return { kind: 'split', split: { unit, whenMissing, salt, shares: sharesOf(target, owned) } };
}

function sharesOf({ shares }: SplitInput, before: SplitRecord | undefined): SplitRecord['shares'] {
  if (shares.reduce((sum, one) => sum + one.weight, 0) !== WHOLE) return shares.map((one) => ({ ...one, ranges: [] }));
  const previous = before?.shares.map(({ version, ranges }) => ({ key: version, ranges })) ?? [];
  const wanted = shares.map(({ version, weight }) => ({ key: version, weight }));
  const owned = assignRanges(previous, wanted);
  return shares.map(({ version, weight }, index) => ({ version, weight, ranges: owned[index]?.ranges ?? [] }));
}
