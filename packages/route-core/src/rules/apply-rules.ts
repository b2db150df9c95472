import type { Facts } from '../conditions/index.ts';
import type { Course } from '../course.ts';
import { findPlace } from './path-tree.ts';
import { pathOf } from './request-path.ts';
import { tryBlocks } from './rule-block.ts';
import type { RegexRule, RuleIndex } from './rule-index.ts';
import type { RuleMatch } from './rule-match.ts';
import { traceRules } from './trace-rules.ts';
import { tryRule } from './try-rule.ts';

/**
 * What the first rule that matches says, null where none does. A rule whose path fits but which fails otherwise hands on to
 * the next: from an exact path to the prefixes, the longest first, to the regexes, to those without a path.
 * @param course for rules that lead into lanes, and for who is told what failed; null where there are no lanes and nobody asked
 */
export function applyRules(index: RuleIndex, facts: Facts, course: Course | null): RuleMatch | null {
  const sent: unknown = index.hasPaths ? facts.metadata.path : undefined;
  if (course !== null && course.trace !== null) {
    return traceRules(
      index,
      typeof sent === 'string' ? pathOf(sent, index.normalizesPath) : null,
      course,
      course.trace,
    );
  }
  if (typeof sent === 'string') {
    const match = applyPaths(index, index.normalizesPath ? pathOf(sent, true) : sent, facts, course);
    if (match !== null) return match;
  }
  return index.pathless === null ? null : tryBlocks(index.pathless, facts, course);
}

/** @param sent may end with a query or a fragment, which is only cut off where a regex has to see the path alone */
function applyPaths(index: RuleIndex, sent: string, facts: Facts, course: Course | null): RuleMatch | null {
  const place = findPlace(index.paths, sent);
  const { block, regexes } = place < 0 ? index.elsewhere : index.filed[place]!;
  const match = block === null ? null : tryBlocks(block, facts, course);
  return match !== null || regexes === null ? match : tryRegexes(regexes, pathOf(sent, false), facts, course);
}

function tryRegexes(
  regexes: readonly RegexRule[],
  path: string,
  facts: Facts,
  course: Course | null,
): RuleMatch | null {
  for (let i = 0; i < regexes.length; i++) {
    const regex = regexes[i]!;
    if (!regex.isWholeMatch(path)) continue;
    const match = tryRule(regex.rule, facts, course);
    if (match !== null) return match;
  }
  return null;
}
