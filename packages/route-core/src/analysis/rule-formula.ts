import { parseCel } from '../conditions/index.ts';
import type { Condition, Operand, RuleRecord } from '../routing-records.ts';
import type { Formula } from './leaf.ts';

/**
 * The path and the method as rules compare them are not quite those that conditions see (a path may be normalised, and ends
 * before its fragment), so they have names of their own. No attribute of a request has a NUL in its name.
 */
const RULE_PATH: Operand = { from: 'attribute', name: '\0path' };
const RULE_METHOD: Operand = { from: 'attribute', name: '\0method' };

/** When a rule matches, as one formula: path, method and condition. */
export function toFormula({ path, methods, when }: RuleRecord): Formula {
  const of: Formula[] = [];
  if (path?.type === 'exact') of.push({ op: 'equals', operand: RULE_PATH, value: path.value });
  if (path?.type === 'prefix') of.push({ op: 'starts_with', operand: RULE_PATH, value: path.value });
  if (path?.type === 'regex') of.push({ op: 'whole_path', operand: RULE_PATH, pattern: path.value });
  if (methods !== undefined && !methods.includes('*')) {
    of.push({ op: 'in', operand: RULE_METHOD, values: methods.map((method) => method.toUpperCase()) });
  }
  if (when !== undefined) of.push(readExpressions(when));
  return { op: 'all', of };
}

/** CEL as a tree, as far as it can be said by one: what is compared should not depend on how it was written. */
function readExpressions(condition: Condition): Formula {
  if (condition.op === 'not') return { op: 'not', of: readExpressions(condition.of) };
  if ('of' in condition) return { op: condition.op, of: condition.of.map(readExpressions) };
  if (condition.op !== 'cel') return condition as Formula;
  const parsed = parseCel(condition.expression);
  return (parsed.ok ? parsed.condition : condition) as Formula;
}
