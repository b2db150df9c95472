import type { Facts } from '../conditions/index.ts';
import type { Course } from '../course.ts';
import type { Scalar } from '../routing-records.ts';
import type { CompiledFlag, CompiledFlags } from './compile-flags.ts';

/** The values of a version's flags for one request; one shared object for all requests that no rule is true for. */
export function evaluateFlags(compiled: CompiledFlags | null, course: Course): Readonly<Record<string, Scalar>> | null {
  if (compiled === null) return null;
  if (!compiled.hasRules) {
    if (course.trace !== null) for (const flag of compiled.flags) traceFlag(course, flag, -1);
    return compiled.plain;
  }
  let differs = false;
  const values: Scalar[] = [];
  for (const flag of compiled.flags) {
    const at = findFlagRule(flag, course.facts);
    if (course.trace !== null) traceFlag(course, flag, at);
    if (at >= 0) differs = true;
    values.push(at < 0 ? flag.value : flag.rules[at]!.value);
  }
  return differs ? Object.fromEntries(compiled.flags.map(({ name }, i) => [name, values[i]!])) : compiled.plain;
}

function findFlagRule({ rules }: CompiledFlag, facts: Facts): number {
  for (let at = 0; at < rules.length; at++) {
    const { condition, portion } = rules[at]!;
    if ((condition === null || condition.test(facts)) && (portion === null || portion(facts))) return at;
  }
  return -1;
}

function traceFlag({ trace }: Course, { name, value, rules }: CompiledFlag, at: number): void {
  const detail = at < 0 ? { name, value } : { name, value: rules[at]!.value, rule: at };
  trace?.add('flag', at < 0 ? 'default' : 'rule', detail);
}
