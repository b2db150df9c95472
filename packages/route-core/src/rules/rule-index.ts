import { compileRegex } from '../conditions/index.ts';
import type { VersionNames } from '../names.ts';
import type { PathType, RuleRecord, RuleSetRecord } from '../routing-records.ts';
import { type CompiledRule, compileRule } from './compile-rule.ts';
import { literalStart } from './literal-start.ts';
import { compilePaths, type PathTree } from './path-tree.ts';
import { compileBlocks, type RuleBlock } from './rule-block.ts';

/** A rule whose path is a regex. */
export interface RegexRule {
  readonly rule: CompiledRule;
  /** Only of paths that begin with this can it be true. */
  readonly literalStart: string;
  isWholeMatch(path: string): boolean;
}

/** What is asked of a path, once it is known how far it agrees with the paths that rules name. */
export interface FiledRules {
  /** Those of the path itself or of its longest prefix, and on to the next shorter one. */
  readonly block: RuleBlock | null;
  /** Those that may match then. */
  readonly regexes: readonly RegexRule[] | null;
}

/**
 * The rules of one service, filed by the kind of path they name; each list in the order in which it is asked. What there are
 * none of is null, so that a decision does not go and look.
 */
export interface RuleIndex {
  readonly hasPaths: boolean;
  readonly normalizesPath: boolean;
  /** Exact paths and prefixes, and the plain text that regexes begin with. */
  readonly paths: PathTree;
  /** By place in the tree. */
  readonly filed: readonly FiledRules[];
  /** For paths that agree with none. */
  readonly elsewhere: FiledRules;
  readonly pathless: RuleBlock | null;
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
  const byType = Map.groupBy(ordered, (rule) => rule.path?.type ?? 'none');
  return {
    hasPaths: (byType.get('none')?.length ?? 0) < ordered.length,
    normalizesPath: ruleSet.normalizePath,
    ...fileByPath(reachable(byType.get('exact')), reachable(byType.get('prefix')), compileRegexes(byType.get('regex'))),
    pathless: byType.has('none') ? compileBlocks(byType.get('none')!) : null,
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

/** Paths are compared without query and fragment: a rule that writes one is never met. */
function reachable(rules: readonly CompiledRule[] | undefined): readonly CompiledRule[] {
  return (rules ?? []).filter(({ path }) => !/[?#]/.test(path!.value));
}

function fileByPath(
  exact: readonly CompiledRule[],
  prefixed: readonly CompiledRule[],
  regexes: readonly RegexRule[],
): Pick<RuleIndex, 'paths' | 'filed' | 'elsewhere'> {
  const exactly = blocksByPath(exact);
  // Sorted by precedence, hence by length: of those that follow, the first that is a prefix is the next shorter one.
  const prefixes = blocksByPath(prefixed);
  const prefixPaths = [...prefixes.keys()];
  const blockOfPrefix = (path: string, among = prefixPaths): RuleBlock | null => {
    const longest = among.find((prefix) => path.startsWith(prefix));
    return longest === undefined ? null : prefixes.get(longest)!;
  };
  for (const [at, [path, block]] of [...prefixes].entries()) {
    lastOf(block).next = blockOfPrefix(path, prefixPaths.slice(at + 1));
  }
  for (const [path, block] of exactly) lastOf(block).next = blockOfPrefix(path);
  const regexesOf = (path: string): readonly RegexRule[] | null => {
    const some = regexes.filter(({ literalStart }) => path.startsWith(literalStart));
    return some.length === 0 ? null : some;
  };
  const begun = [...new Set([...prefixPaths, ...regexes.map(({ literalStart }) => literalStart)])];
  return {
    paths: compilePaths([...exactly.keys()], begun),
    filed: [
      ...[...exactly].map(([path, block]) => ({ block, regexes: regexesOf(path) })),
      ...begun.map((path) => ({ block: blockOfPrefix(path), regexes: regexesOf(path) })),
    ],
    elsewhere: { block: null, regexes: regexesOf('') },
  };
}

function blocksByPath(rules: readonly CompiledRule[]): ReadonlyMap<string, RuleBlock> {
  const byPath = Map.groupBy(rules, (rule) => rule.path!.value);
  return new Map([...byPath].map(([path, own]) => [path, compileBlocks(own)]));
}

/** Only before the block is linked to that of another path. */
function lastOf(block: RuleBlock): RuleBlock {
  let last = block;
  while (last.next !== null) last = last.next;
  return last;
}

/** One that does not compile is never met. */
function compileRegexes(rules: readonly CompiledRule[] | undefined): RegexRule[] {
  return (rules ?? []).flatMap((rule) => {
    const pattern = rule.path!.value;
    const regex = compileRegex(pattern);
    return regex.ok ? [{ rule, literalStart: literalStart(pattern), isWholeMatch: regex.isWholeMatch }] : [];
  });
}
