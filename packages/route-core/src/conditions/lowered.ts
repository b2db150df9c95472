import type { Condition } from '../routing-records.ts';

/**
 * A CEL expression as conditions. CEL knows three outcomes (true, false, failed), a condition two, so there is one for being
 * true and one for being false: `!x` is true where x is false, not where it fails. `isSafe`: it never fails.
 */
export interface Lowered {
  readonly whenTrue: Condition;
  readonly whenFalse: Condition;
  readonly isSafe: boolean;
}

export const ALWAYS: Condition = { op: 'all', of: [] };
export const NOWHERE: Condition = { op: 'any', of: [] };

/** An expression that never fails. */
export function safely(whenTrue: Condition): Lowered {
  return { whenTrue, whenFalse: negation(whenTrue), isSafe: true };
}

/** An expression that fails where neither holds. */
export function partly(whenTrue: Condition, whenFalse: Condition): Lowered {
  return { whenTrue, whenFalse, isSafe: false };
}

export function negated({ whenTrue, whenFalse, isSafe }: Lowered): Lowered {
  return { whenTrue: whenFalse, whenFalse: whenTrue, isSafe };
}

export function negation(condition: Condition): Condition {
  return condition.op === 'not' ? condition.of : { op: 'not', of: condition };
}

/** Parts that must all hold (`all`) or one of which must (`any`), without nesting what reads the same flat. */
export function joined(op: 'all' | 'any', parts: readonly Condition[]): Condition {
  const of = parts.flatMap((part) => (part.op === op ? part.of : [part]));
  return of.length === 1 ? of[0]! : { op, of };
}
