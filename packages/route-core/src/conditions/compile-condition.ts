import type { Condition } from '../routing-records.ts';
import { type Comparison, compileComparison, NEVER, type Test } from './compile-comparison.ts';
import type { Facts } from './facts.ts';

export interface ConditionTrace {
  readonly passed: boolean;
  /** The part that decided, as CEL. */
  readonly text: string;
  /** What it saw, at most 120 characters; null = missing. */
  readonly value: string | null;
}

export interface CompiledCondition {
  test(facts: Facts): boolean;
  /** Instead of `test`: decides alike, uses up the same draws, and says which part decided. */
  trace(facts: Facts): ConditionTrace;
  readonly comparisonCount: number;
}

/** Compiles once what is then asked of every request. Never throws: what is broken is never true. */
export function compileCondition(condition: Condition): CompiledCondition {
  const test = compileTest(condition);
  return {
    test,
    trace: (facts) => ({ passed: test(facts), text: JSON.stringify(condition), value: null }),
    comparisonCount: countComparisons(condition),
  };
}

function compileTest(condition: Condition): Test {
  switch (condition.op) {
    case 'all':
      return compileAll(condition.of.map(compileTest));
    case 'any':
      return compileAny(condition.of.map(compileTest));
    case 'not': {
      const test = compileTest(condition.of);
      return (facts) => !test(facts);
    }
    case 'cel':
      return NEVER;
    default:
      return compileComparison(condition as Comparison);
  }
}

function compileAll(tests: readonly Test[]): Test {
  return (facts) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(facts)) return false;
    return true;
  };
}

function compileAny(tests: readonly Test[]): Test {
  return (facts) => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(facts)) return true;
    return false;
  };
}

function countComparisons(condition: Condition): number {
  if (condition.op === 'not') return countComparisons(condition.of);
  if (condition.op !== 'all' && condition.op !== 'any') return 1;
  return condition.of.reduce((sum, part) => sum + countComparisons(part), 0);
}
