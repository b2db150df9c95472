import type { Course } from '../course.ts';
import type { CompiledRule } from './compile-rule.ts';
import { pathOf } from './request-path.ts';
import type { RuleIndex } from './rule-index.ts';
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
    const exact = index.exact.get(path);
    if (exact !== undefined && tryRules(exact, course)) return true;
    for (let entry = index.prefixes.findLongest(path); entry !== null; entry = entry.shorter) {
      if (tryRules(entry.value, course)) return true;
    }
    for (const regex of index.regexes) {
      if (path.startsWith(regex.literalStart) && regex.isWholeMatch(path) && tryRule(regex.rule, course)) return true;
    }
  }
  return tryRules(index.pathless, course);
}

function tryRules(rules: readonly CompiledRule[], course: Course): boolean {
  for (let i = 0; i < rules.length; i++) if (tryRule(rules[i]!, course)) return true;
  return false;
}
