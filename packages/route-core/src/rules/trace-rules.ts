import { compileRegex } from '../conditions/index.ts';
import type { Course } from '../course.ts';
import type { Trace } from '../explain-trace.ts';
import type { CompiledRule } from './compile-rule.ts';
import type { RuleIndex } from './rule-index.ts';
import type { RuleMatch } from './rule-match.ts';
import { tryRule } from './try-rule.ts';

/**
 * The same question for `explain`: every rule in the order of precedence until one matches, so that the trace also names
 * those which the index never meets.
 * @param path null = the request has none
 */
export function traceRules(index: RuleIndex, path: string | null, course: Course, trace: Trace): RuleMatch | null {
  for (const { id, name } of index.disabled) trace.add('rule', 'disabled', { ruleId: id, name });
  for (const rule of index.ordered) {
    if (!fits(rule, path)) {
      const detail = { ruleId: rule.id, name: rule.name, type: rule.path!.type, path: rule.path!.value };
      trace.add('rule', 'path', { ...detail, value: path?.slice(0, 120) ?? null });
    } else {
      const match = tryRule(rule, course.facts, course);
      if (match !== null) return match;
    }
  }
  return null;
}

function fits({ path: wanted }: CompiledRule, path: string | null): boolean {
  if (wanted === null) return true;
  if (path === null) return false;
  if (wanted.type === 'exact') return path === wanted.value;
  if (wanted.type === 'prefix') return path.startsWith(wanted.value);
  const regex = compileRegex(wanted.value);
  return regex.ok && regex.isWholeMatch(path);
}
