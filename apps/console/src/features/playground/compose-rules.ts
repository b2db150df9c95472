import {
  assignRanges,
  type RuleRecord,
  type RuleSetRecord,
  type ServiceRecord,
  type SnapshotSource,
  type TargetRecord,
} from '@grey/route-core';
import type { RuleInput, RuleSetInput } from '../../api/generated/model/index.ts';

/** The same source with other rules for one service: what the routers would have, were these published now. */
export function composeRules(source: SnapshotSource, serviceId: string, input: RuleSetInput): SnapshotSource {
  const services = [...source.services].map((service): ServiceRecord => {
    if (service.id !== serviceId) return service;
    return { ...service, ruleSet: composeRuleSet(serviceId, service.ruleSet, input) };
  });
  return { ...source, services };
}

/** As the API does it when it publishes: what is shown of a draft is what comes of it. */
function composeRuleSet(serviceId: string, live: RuleSetRecord | undefined, input: RuleSetInput): RuleSetRecord {
  const before = new Map(live?.rules.map((rule) => [rule.id, rule]));
  return {
    number: (live?.number ?? 0) + 1,
    normalizePath: input.normalizePath ?? false,
    rules: input.rules.map((rule) => ({
      ...(rule as unknown as RuleRecord),
      target: composeTarget(serviceId, rule, before.get(rule.id)?.target),
    })),
  };
}

/** A split keeps the buckets that it has: only the difference of the weights changes hands. */
function composeTarget(serviceId: string, { id, target }: RuleInput, before: TargetRecord | undefined): TargetRecord {
  if (target.kind !== 'split') return target as TargetRecord;
  const { unit, whenMissing, salt = `${serviceId}:${id}`, shares } = target;
  const had = before?.kind === 'split' ? before.split.shares : [];
  // Weights that do not add up get no buckets; the analysis refuses to publish them.
  const isWhole = shares.reduce((sum, { weight }) => sum + weight, 0) === 10_000;
  const owned = isWhole
    ? assignRanges(
        had.map(({ version, ranges }) => ({ key: version, ranges })),
        shares.map(({ version, weight }) => ({ key: version, weight })),
      )
    : [];
  return {
    kind: 'split',
    split: {
      unit,
      whenMissing: whenMissing ?? 'tenant',
      salt,
      shares: shares.map((share, index) => ({ ...share, ranges: owned[index]?.ranges ?? [] })),
    },
  } as TargetRecord;
}
