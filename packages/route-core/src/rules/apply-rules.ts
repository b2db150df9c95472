import type { Course } from '../course.ts';
import { findPlace } from './path-tree.ts';
import { pathOf } from './request-path.ts';
import { tryBlocks } from './rule-block.ts';
import type { RegexRule, RuleIndex } from './rule-index.ts';
import { traceRules } from './trace-rules.ts';
import { tryRule } from './try-rule.ts';

/**
 * Lets the first rule that matches choose the version, and says whether one did. A rule whose path fits but which fails
 * otherwise hands on to the next: from an exact path to the prefixes, the longest first, to the regexes, to those without a path.
 */
export function applyRules(index: RuleIndex, course: Course): boolean {
  const sent = course.request.metadata?.path;
  const path = index.hasPaths && typeof sent === 'string' ? pathOf(sent, index.normalizesPath) : null;
  if (course.trace !== null) return traceRules(index, path, course, course.trace);
  if (path !== null) {
    if (index.paths !== null && tryFiled(index, path, course)) return true;
    if (index.regexes !== null && tryRegexes(index.regexes, path, course)) return true;
  }
  return index.pathless !== null && tryBlocks(index.pathless, course);
}

function tryFiled({ filed, paths }: RuleIndex, path: string, course: Course): boolean {
  const place = findPlace(paths!, path);
  return place >= 0 && tryBlocks(filed[place]!, course);
}

function tryRegexes(regexes: readonly RegexRule[], path: string, course: Course): boolean {
  for (let i = 0; i < regexes.length; i++) {
    const regex = regexes[i]!;
    if (path.startsWith(regex.literalStart) && regex.isWholeMatch(path) && tryRule(regex.rule, course)) return true;
  }
  return false;
}
