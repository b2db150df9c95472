import { type CompiledCondition, compileCondition } from '../conditions/index.ts';
import type { VersionNames } from '../names.ts';
import type { FallbackMode } from '../records.ts';
import type { PathMatch, RuleRecord } from '../routing-records.ts';
import { type CompiledSplit, compileSplit } from '../splits/compile-split.ts';
import { compileMethods, type MethodSet } from './method-set.ts';
import { findNecessaryValue, type NecessaryValue } from './necessary-value.ts';
import type { RuleMatch } from './rule-match.ts';

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
  readonly methods: MethodSet;
  readonly condition: CompiledCondition | null;
  /** The condition's `test`, within one step less. */
  readonly test: CompiledCondition['test'] | null;
  /** What the condition cannot be true without. */
  readonly necessary: NecessaryValue | null;
  /** What it says whenever it matches, made once; null with a split or a lane, which have to be asked. */
  match: RuleMatch | null;
  readonly split: CompiledSplit | null;
  readonly laneTag: string | null;
  readonly fallback: FallbackPlan | null;
  readonly mirror: NonNullable<RuleRecord['mirror']> | null;
}

/** @param names of the service, which get the versions that the rule names */
export function compileRule(rule: RuleRecord, names: VersionNames): CompiledRule {
  const condition = rule.when === undefined ? null : compileCondition(rule.when);
  const methods = compileMethods(rule.methods);
  const { target } = rule;
  const compiled: CompiledRule = {
    id: rule.id,
    name: rule.name,
    priority: rule.priority,
    comparisonCount: (condition?.comparisonCount ?? 0) + (methods === null ? 0 : 1),
    path: rule.path ?? null,
    methods,
    condition,
    test: condition === null ? null : condition.test,
    necessary: rule.when === undefined ? null : findNecessaryValue(rule.when),
    match: null,
    split: target.kind === 'split' ? compileSplit(target.split, names) : null,
    laneTag: target.kind === 'lane' ? target.tag : null,
    fallback: rule.fallback === undefined ? null : { mode: rule.fallback.mode, version: rule.fallback.version ?? null },
    mirror: rule.mirror ?? null,
  };
  if (target.kind === 'version') {
    compiled.match = { rule: compiled, number: names.number(target.version), bucket: null };
  }
  return compiled;
}
