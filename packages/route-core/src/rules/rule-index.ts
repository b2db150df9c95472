import { compileRegex } from '../conditions/index.ts';
import type { VersionNames } from '../names.ts';
import type { PathType, RuleRecord, RuleSetRecord } from '../routing-records.ts';
import { type CompiledRule, compileRule } from './compile-rule.ts';
import { literalStart } from './literal-start.ts';
import { PrefixTree } from './prefix-tree.ts';

type Rules = CompiledRule[];

/** A rule whose path is a regex; one that does not compile is never met. */
export interface RegexRule {
  readonly rule: CompiledRule;
  readonly literalStart: string;
  isWholeMatch(path: string): boolean;
}

/** The rules of one service, filed by the kind of path they name; each list in the order in which it is asked. */
export interface RuleIndex {
  readonly normalizesPath: boolean;
  readonly hasPaths: boolean;
  readonly exact: ReadonlyMap<string, Rules>;
  readonly prefixes: PrefixTree<Rules>;
  readonly regexes: readonly RegexRule[];
  readonly pathless: readonly CompiledRule[];
  /** All of them in the order of precedence, for `explain`. */
  readonly ordered: readonly CompiledRule[];
  readonly disabled: readonly RuleRecord[];
}

const RANK: Readonly<Record<PathType | 'none', number>> = { exact: 0, prefix: 1, regex: 2, none: 3 };

/** Compiles a rule set once, so that a decision only reads. Rules that are off are left out. */
export function compileRules(ruleSet: RuleSetRecord, names: VersionNames): RuleIndex {
  const ordered = ruleSet.rules.filter((rule) => rule.isEnabled).map((rule) => compileRule(rule, names));
  // Array.prototype.sort is stable: what is equal otherwise stays in the order in which it was declared.
  ordered.sort(comparePrecedence);
  const exact = new Map<string, Rules>();
  const prefixes = new PrefixTree<Rules>();
  const regexes: RegexRule[] = [];
  const pathless: Rules = [];
  for (const rule of ordered) {
    if (rule.path === null) pathless.push(rule);
    else if (rule.path.type === 'exact') fileUnder(exact, rule.path.value, rule);
    else if (rule.path.type === 'prefix') prefixes.at(rule.path.value, () => []).push(rule);
    else fileRegex(regexes, rule, rule.path.value);
  }
  prefixes.seal();
  return {
    normalizesPath: ruleSet.normalizePath,
    hasPaths: pathless.length < ordered.length,
    exact,
    prefixes,
    regexes,
    pathless,
    ordered,
    disabled: ruleSet.rules.filter((rule) => !rule.isEnabled),
  };
}

function comparePrecedence(x: CompiledRule, y: CompiledRule): number {
  const rank = RANK[x.path?.type ?? 'none'] - RANK[y.path?.type ?? 'none'];
  if (rank !== 0) return rank;
  const longer = x.path?.type === 'prefix' ? y.path!.value.length - x.path.value.length : 0;
  return longer || y.priority - x.priority || y.comparisonCount - x.comparisonCount;
}

function fileUnder(rules: Map<string, Rules>, path: string, rule: CompiledRule): void {
  const list = rules.get(path);
  if (list === undefined) rules.set(path, [rule]);
  else list.push(rule);
}

function fileRegex(regexes: RegexRule[], rule: CompiledRule, pattern: string): void {
  const regex = compileRegex(pattern);
  if (!regex.ok) return;
  regexes.push({ rule, literalStart: literalStart(pattern), isWholeMatch: (path) => regex.isWholeMatch(path) });
}
