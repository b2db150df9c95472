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
  readonly literalStart: string;
  isWholeMatch(path: string): boolean;
}

/**
 * The rules of one service, filed by the kind of path they name; each list in the order in which it is asked. What there are
 * none of is null, so that a decision does not go and look.
 */
export interface RuleIndex {
  readonly hasPaths: boolean;
  readonly normalizesPath: boolean;
  /** Exact paths and prefixes. */
  readonly paths: PathTree | null;
  /** By place in the tree; each goes on to that of the next shorter prefix. */
  readonly filed: readonly RuleBlock[];
  readonly regexes: readonly RegexRule[] | null;
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
    ...fileByPath(byType.get('exact') ?? [], byType.get('prefix') ?? []),
    regexes: fileRegexes(byType.get('regex')),
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

function fileByPath(
  exact: readonly CompiledRule[],
  prefixed: readonly CompiledRule[],
): Pick<RuleIndex, 'paths' | 'filed'> {
  const exactly = blocksByPath(exact);
  // Sorted by precedence, hence by length: of those that follow, the first that is a prefix is the next shorter one.
  const prefixes = blocksByPath(prefixed);
  const [exactPaths, prefixPaths] = [[...exactly.keys()], [...prefixes.keys()]];
  const link = (path: string, block: RuleBlock, shorter: readonly string[]): void => {
    const next = shorter.find((prefix) => path.startsWith(prefix));
    if (next !== undefined) lastOf(block).next = prefixes.get(next)!;
  };
  for (const [at, path] of prefixPaths.entries()) link(path, prefixes.get(path)!, prefixPaths.slice(at + 1));
  for (const path of exactPaths) link(path, exactly.get(path)!, prefixPaths);
  const filed = [...exactly.values(), ...prefixes.values()];
  return { paths: filed.length === 0 ? null : compilePaths(exactPaths, prefixPaths), filed };
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
function fileRegexes(rules: readonly CompiledRule[] | undefined): RegexRule[] | null {
  const regexes = (rules ?? []).flatMap((rule) => {
    const pattern = rule.path!.value;
    const regex = compileRegex(pattern);
    return regex.ok ? [{ rule, literalStart: literalStart(pattern), isWholeMatch: regex.isWholeMatch }] : [];
  });
  return regexes.length === 0 ? null : regexes;
}
