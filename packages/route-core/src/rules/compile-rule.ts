import { type CompiledCondition, compileCondition } from '../conditions/index.ts';
import type { VersionNames } from '../names.ts';
import type { FallbackMode } from '../records.ts';
import type { PathMatch, RuleRecord } from '../routing-records.ts';
import { type CompiledSplit, compileSplit } from '../splits/compile-split.ts';

export type CompiledTarget =
  | { readonly kind: 'version'; readonly number: number }
  | { readonly kind: 'split'; readonly split: CompiledSplit }
  | { readonly kind: 'lane'; readonly tag: string };

/** The service's fallback or a rule's own; `version` is the named one, null with any other mode. */
export interface FallbackPlan {
  readonly mode: FallbackMode;
  readonly version: string | null;
}

/** A rule ready to be asked. */
export interface CompiledRule {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  /** How much it asks for: its comparisons, a list of methods counting as one. Breaks ties of priority. */
  readonly comparisonCount: number;
  readonly path: PathMatch | null;
  /** In capitals; null = any. */
  readonly methods: ReadonlySet<string> | null;
  readonly condition: CompiledCondition | null;
  readonly target: CompiledTarget;
  readonly fallback: FallbackPlan | null;
  readonly mirror: NonNullable<RuleRecord['mirror']> | null;
}

/** @param names of the service, which get the versions that the rule names */
export function compileRule(rule: RuleRecord, names: VersionNames): CompiledRule {
  const condition = rule.when === undefined ? null : compileCondition(rule.when);
  const methods =
    rule.methods === undefined || rule.methods.includes('*') ? null : new Set(rule.methods.map((m) => m.toUpperCase()));
  return {
    id: rule.id,
    name: rule.name,
    priority: rule.priority,
    comparisonCount: (condition?.comparisonCount ?? 0) + (methods === null ? 0 : 1),
    path: rule.path ?? null,
    methods,
    condition,
    target: compileTarget(rule, names),
    fallback: rule.fallback === undefined ? null : { mode: rule.fallback.mode, version: rule.fallback.version ?? null },
    mirror: rule.mirror ?? null,
  };
}

function compileTarget({ target }: RuleRecord, names: VersionNames): CompiledTarget {
  switch (target.kind) {
    case 'version':
      return { kind: 'version', number: names.number(target.version) };
    case 'split':
      return { kind: 'split', split: compileSplit(target.split, names) };
    case 'lane':
      return { kind: 'lane', tag: target.tag };
  }
}
