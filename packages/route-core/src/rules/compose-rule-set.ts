import type {
  Condition,
  MissingUnit,
  RuleRecord,
  RuleSetRecord,
  ShareRecord,
  TargetRecord,
  UnitRecord,
} from '../routing-records.ts';
import { assignRanges } from '../splits/assign-ranges.ts';

const WHOLE = 10_000;

/** A target as an operator writes it: shares have weights in basis points and no buckets yet. */
export type TargetDraft =
  | Exclude<TargetRecord, { kind: 'split' }>
  | {
      readonly kind: 'split';
      readonly unit: UnitRecord;
      /** Default `tenant`. */
      readonly whenMissing?: MissingUnit | undefined;
      /** Default: service and rule. */
      readonly salt?: string | undefined;
      readonly shares: readonly { readonly version: string; readonly weight: number }[];
    };

/** A rule as an operator writes it. */
export interface RuleDraft {
  readonly id: string;
  readonly name: string;
  readonly priority?: number | undefined;
  readonly isEnabled?: boolean | undefined;
  readonly path?: RuleRecord['path'] | undefined;
  readonly methods?: readonly string[] | undefined;
  readonly when?: Condition | undefined;
  readonly target: TargetDraft;
  readonly fallback?: { readonly mode: string; readonly version?: string | undefined } | undefined;
  readonly mirror?: RuleRecord['mirror'] | undefined;
}

export interface RuleSetDraft {
  readonly normalizePath?: boolean | undefined;
  readonly rules: readonly RuleDraft[];
}

/**
 * What an operator wrote as the engine reads it, with the buckets of each split given out. A rule that keeps its id keeps
 * its buckets: raising a share moves nobody else. Weights that do not add up get none; the analysis refuses such a set.
 * The one way from draft to rules: what is shown of a draft is what comes of it.
 *
 * @param number of the set among those published of the service
 * @param live what routes now, if anything
 */
export function composeRuleSet(
  serviceId: string,
  draft: RuleSetDraft,
  number: number,
  live: RuleSetRecord | undefined,
): RuleSetRecord {
  const before = new Map(live?.rules.map((rule) => [rule.id, rule]));
  return {
    number,
    normalizePath: draft.normalizePath ?? false,
    rules: draft.rules.map((rule) => composeRule(serviceId, rule, before.get(rule.id))),
  };
}

function composeRule(serviceId: string, rule: RuleDraft, before: RuleRecord | undefined): RuleRecord {
  const { id, name, priority = 0, isEnabled = true, fallback, mirror, path, methods, when } = rule;
  return {
    id,
    name,
    priority,
    isEnabled,
    ...(path === undefined ? {} : { path }),
    ...(methods === undefined ? {} : { methods }),
    ...(when === undefined ? {} : { when }),
    target: composeTarget(serviceId, rule, before?.target),
    ...(fallback === undefined ? {} : { fallback: fallback as NonNullable<RuleRecord['fallback']> }),
    ...(mirror === undefined ? {} : { mirror }),
  };
}

function composeTarget(serviceId: string, { id, target }: RuleDraft, before: TargetRecord | undefined): TargetRecord {
  if (target.kind !== 'split') return target;
  const { unit, whenMissing = 'tenant', salt = `${serviceId}:${id}` } = target;
  const owned = before?.kind === 'split' ? before.split.shares : [];
  return { kind: 'split', split: { unit, whenMissing, salt, shares: composeShares(target.shares, owned) } };
}

function composeShares(
  shares: readonly { readonly version: string; readonly weight: number }[],
  owned: readonly ShareRecord[],
): readonly ShareRecord[] {
  const isWhole = shares.reduce((sum, { weight }) => sum + weight, 0) === WHOLE;
  const given = isWhole
    ? assignRanges(
        owned.map(({ version, ranges }) => ({ key: version, ranges })),
        shares.map(({ version, weight }) => ({ key: version, weight })),
      )
    : [];
  return shares.map(({ version, weight }, index) => ({ version, weight, ranges: given[index]?.ranges ?? [] }));
}
