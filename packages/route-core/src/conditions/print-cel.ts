import type { Condition } from '../routing-records.ts';
import { closeComment } from './close-comment.ts';
import { nullableText, operandText, quote } from './operand-text.ts';
import { printComparison } from './print-comparison.ts';
import { ALL, ANY, enclose, join, type Printed, RELATION, safe, VALUE } from './printed.ts';

/** The CEL expression that is true exactly when the condition is. */
export function printCel(condition: Condition): string {
  return print(condition, false).text;
}

/** @param underNot whether failing instead of being false would matter */
function print(condition: Condition, underNot: boolean): Printed {
  switch (condition.op) {
    case 'all':
      return join(
        condition.of.map((part) => print(part, underNot)),
        ALL,
      );
    case 'any':
      return join(
        condition.of.map((part) => print(part, underNot)),
        ANY,
      );
    case 'not':
      return negate(condition.of);
    case 'cel':
      return { text: closeComment(condition.expression), level: 0, isSafe: false };
    default:
      return printComparison(condition, underNot);
  }
}

function negate(condition: Condition): Printed {
  if (condition.op === 'equals' && typeof condition.value === 'string') {
    const nullable = nullableText(condition.operand);
    if (nullable !== null) return safe(`${nullable} != ${quote(condition.value)}`, RELATION);
    const isText = !('name' in condition.operand) && condition.value !== '';
    if (isText) return safe(`${operandText(condition.operand)} != ${quote(condition.value)}`, RELATION);
  }
  if (condition.op === 'exists' && !('name' in condition.operand)) {
    return safe(`${operandText(condition.operand)} == ''`, RELATION);
  }
  const inner = print(condition, true);
  return safe(inner.isSafe ? `!${enclose(inner, RELATION)}` : `!isTrue(${inner.text})`, VALUE);
}
