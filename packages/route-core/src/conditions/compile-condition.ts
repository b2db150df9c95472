import type { Condition } from '../routing-records.ts';
import { compileCel, type EvaluateCel } from './compile-cel.ts';
import { type Comparison, compileComparison, NEVER, type Test } from './compile-comparison.ts';
import { isBounded } from './condition-size.ts';
import type { Facts } from './facts.ts';
import { parseCel } from './parse-cel.ts';
import { printCel } from './print-cel.ts';
import { seeComparison, shorten, traceRandom } from './see-operand.ts';

export interface ConditionTrace {
  readonly passed: boolean;
  /** The part that decided, as CEL. */
  readonly text: string;
  /** What it saw, at most 120 characters; null = missing, or nothing in particular. */
  readonly value: string | null;
}

export interface CompiledCondition {
  test(facts: Facts): boolean;
  /** Instead of `test`, not beside it: decides alike, uses up the same draws, and says which part decided. */
  trace(facts: Facts): ConditionTrace;
  /** Of two rules that match, the one that compares more is the more special. */
  readonly comparisonCount: number;
}

/** Compiles once what is then asked of every request. Never throws: what is broken is never true. */
export function compileCondition(condition: Condition): CompiledCondition {
  try {
    return isBounded(condition) ? compile(condition) : broken('false');
  } catch {
    return broken('false');
  }
}

function broken(text: string): CompiledCondition {
  return { test: NEVER, trace: () => ({ passed: false, text, value: null }), comparisonCount: 1 };
}

function compile(condition: Condition): CompiledCondition {
  switch (condition.op) {
    case 'all':
    case 'any':
      return compileParts(condition, condition.of.map(compile));
    case 'not':
      return compileNot(condition, compile(condition.of));
    case 'cel':
      return compileText(condition.expression);
    default:
      return compileLeaf(condition);
  }
}

function compileLeaf(condition: Comparison): CompiledCondition {
  const test = compileComparison(condition);
  const trace = (facts: Facts): ConditionTrace => {
    const text = printCel(condition);
    if (condition.op === 'random') return { text, ...traceRandom(condition, facts) };
    return { passed: test(facts), text, value: seeComparison(condition, facts) };
  };
  return { test, trace, comparisonCount: 1 };
}

function compileNot(condition: Condition, inner: CompiledCondition): CompiledCondition {
  const { test } = inner;
  return {
    test: (facts) => !test(facts),
    trace: (facts) => {
      const { passed, value } = inner.trace(facts);
      return { passed: !passed, text: printCel(condition), value };
    },
    comparisonCount: inner.comparisonCount,
  };
}

/** `all` ends with the first part that fails, `any` with the first that holds: that part decided, else all of them did. */
function compileParts(
  condition: Extract<Condition, { op: 'all' | 'any' }>,
  parts: readonly CompiledCondition[],
): CompiledCondition {
  const isAny = condition.op === 'any';
  const tests = parts.map((part) => part.test);
  return {
    test: isAny ? compileAny(tests) : compileAll(tests),
    trace: (facts) => {
      for (const part of parts) {
        const traced = part.trace(facts);
        if (traced.passed === isAny) return traced;
      }
      return { passed: !isAny, text: printCel(condition), value: null };
    },
    comparisonCount: parts.reduce((sum, part) => sum + part.comparisonCount, 0),
  };
}

/** What a tree can say runs as one; only the rest goes to the evaluator. */
function compileText(expression: string): CompiledCondition {
  const parsed = parseCel(expression);
  if (!parsed.ok) return broken(expression);
  return compileParsed(parsed.condition);
}

function compileParsed(condition: Condition): CompiledCondition {
  switch (condition.op) {
    case 'all':
    case 'any':
      return compileParts(condition, condition.of.map(compileParsed));
    case 'not':
      return compileNot(condition, compileParsed(condition.of));
    case 'cel':
      return compileEvaluated(condition.expression, compileCel(condition.expression));
    default:
      return compileLeaf(condition);
  }
}

function compileEvaluated(text: string, evaluate: EvaluateCel): CompiledCondition {
  return {
    test: (facts) => evaluate(facts) === true,
    trace: (facts) => {
      const outcome = evaluate(facts);
      return { passed: outcome === true, text, value: typeof outcome === 'string' ? shorten(outcome) : null };
    },
    comparisonCount: 1,
  };
}

function compileAll(tests: readonly Test[]): Test {
  const [first, second, third] = tests;
  if (!first) return () => true;
  if (!second) return first;
  if (!third) return (facts) => first(facts) && second(facts);
  return (facts) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i]!(facts)) return false;
    return true;
  };
}

function compileAny(tests: readonly Test[]): Test {
  const [first, second, third] = tests;
  if (!first) return () => false;
  if (!second) return first;
  if (!third) return (facts) => first(facts) || second(facts);
  return (facts) => {
    for (let i = 0; i < tests.length; i++) if (tests[i]!(facts)) return true;
    return false;
  };
}
