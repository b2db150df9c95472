import type { Condition, Operand, Scalar } from '../routing-records.ts';
import { argsOf, type CelExpr, type CelLiteral, literalOf, literalsOf, numberOf } from './cel-ast.ts';
import { type Reference, referenceOf } from './lower-operand.ts';
import { lowerTimeRelation } from './lower-time.ts';
import { joined, type Lowered, NOWHERE, negated, partly, safely } from './lowered.ts';

type Order = 'less' | 'less_or_equal' | 'greater' | 'greater_or_equal';

const ORDERS: Readonly<Record<string, Order>> = {
  '_<_': 'less',
  '_<=_': 'less_or_equal',
  '_>_': 'greater',
  '_>=_': 'greater_or_equal',
};
/** The same with its sides exchanged. */
const MIRRORED: Readonly<Record<Order, Order>> = {
  less: 'greater',
  less_or_equal: 'greater_or_equal',
  greater: 'less',
  greater_or_equal: 'less_or_equal',
};
const OPPOSITE: Readonly<Record<Order, Order>> = {
  less: 'greater_or_equal',
  less_or_equal: 'greater',
  greater: 'less_or_equal',
  greater_or_equal: 'less',
};

/** Relations between a value of the request and a literal, in either order; null where no condition says exactly the same. */
export function lowerComparison(expr: CelExpr): Lowered | null {
  const equal = argsOf(expr, '_==_') ?? argsOf(expr, '_!=_');
  if (equal !== null) {
    const lowered = lowerEquality(equal[0]!, equal[1]!) ?? lowerEquality(equal[1]!, equal[0]!);
    return lowered !== null && argsOf(expr, '_!=_') !== null ? negated(lowered) : lowered;
  }
  const list = argsOf(expr, '@in');
  if (list !== null) return lowerMembership(list[0]!, list[1]!);
  for (const [name, order] of Object.entries(ORDERS)) {
    const args = argsOf(expr, name);
    if (args === null) continue;
    return lowerOrder(args[0]!, order, args[1]!) ?? lowerOrder(args[1]!, MIRRORED[order], args[0]!);
  }
  return null;
}

function lowerEquality(left: CelExpr, right: CelExpr): Lowered | null {
  const reference = referenceOf(left);
  const literal = literalOf(right);
  if (reference !== null && literal === null) return lowerNull(reference);
  if (reference !== null && typeof literal === 'string') return lowerTexts(reference, [literal]);
  const counted = referenceOf(argsOf(left, 'number')?.[0]);
  const number = numberOf(right);
  if (counted !== null && number !== null) return lowerNumbers(counted.operand, [number]);
  return lowerRemainder(left, 'equal', number) ?? lowerTimeRelation(left, 'equal', right);
}

/** `header.get('x') == null` asks whether it is missing; `claims.a == null` fails where it is, and is false where not. */
function lowerNull({ operand, whenMissing }: Reference): Lowered | null {
  if (whenMissing === 'null') return negated(safely({ op: 'exists', operand }));
  return whenMissing === 'fails' ? partly(NOWHERE, { op: 'exists', operand }) : null;
}

function lowerMembership(left: CelExpr, right: CelExpr): Lowered | null {
  const literals = literalsOf(right);
  if (literals === null || literals.length === 0) return null;
  const reference = referenceOf(left);
  if (reference !== null && isTextual(literals)) return lowerTexts(reference, literals);
  const counted = referenceOf(argsOf(left, 'number')?.[0]);
  const numbers = right.exprKind.case === 'listExpr' ? right.exprKind.value.elements.map(numberOf) : [];
  if (counted !== null && numbers.every((number) => number !== null)) return lowerNumbers(counted.operand, numbers);
  return lowerTimeRelation(left, 'in', right);
}

/** Texts, and booleans whose word stands beside them: in a condition a boolean admits its word. */
function isTextual(literals: readonly CelLiteral[]): literals is readonly (string | boolean)[] {
  return literals.every(
    (value) => typeof value === 'string' || (typeof value === 'boolean' && literals.includes(String(value))),
  );
}

function lowerTexts(reference: Reference, values: readonly (string | boolean)[]): Lowered {
  const { operand, whenMissing } = reference;
  if (whenMissing !== 'empty') {
    const isOneOf = oneOf(operand, values);
    if (whenMissing === 'null') return safely(isOneOf);
    return partly(
      isOneOf,
      joined('all', [
        { op: 'exists', operand },
        { op: 'not', of: isOneOf },
      ]),
    );
  }
  const exists: Condition = { op: 'exists', operand };
  const others = values.filter((value) => value !== '');
  if (others.length === values.length) return safely(oneOf(operand, values));
  return safely(joined('any', [{ op: 'not', of: exists }, ...(others.length > 0 ? [oneOf(operand, others)] : [])]));
}

function oneOf(operand: Operand, values: readonly Scalar[]): Condition {
  const [first, second] = values;
  if (values.length === 1) return { op: 'equals', operand, value: first! };
  // How a boolean is printed, which its word may stand for.
  const isOneBoolean = values.length === 2 && typeof first === 'boolean' && second === String(first);
  return isOneBoolean ? { op: 'equals', operand, value: first } : { op: 'in', operand, values };
}

/** Fails where the value writes no number; so what is false must be one that is less or greater. */
function lowerNumbers(operand: Operand, values: readonly number[]): Lowered {
  const isOneOf: Condition =
    values.length === 1 ? { op: 'equals', operand, value: values[0]! } : { op: 'in', operand, values };
  return partly(isOneOf, joined('all', [isNumber(operand), { op: 'not', of: isOneOf }]));
}

function isNumber(operand: Operand): Condition {
  return joined('any', [
    { op: 'less', operand, value: 0 },
    { op: 'greater_or_equal', operand, value: 0 },
  ]);
}

function lowerOrder(left: CelExpr, order: Order, right: CelExpr): Lowered | null {
  const number = numberOf(right);
  const counted = referenceOf(argsOf(left, 'number')?.[0]);
  if (counted !== null && number !== null) {
    const { operand } = counted;
    return partly({ op: order, operand, value: number }, { op: OPPOSITE[order], operand, value: number });
  }
  return (
    lowerRemainder(left, order, number) ?? lowerRandom(left, order, number) ?? lowerTimeRelation(left, order, right)
  );
}

/** `uid % 100 < 5`, `wholeNumber(header['x']) % 10 >= 3`, `uid % 2 == 0` */
function lowerRemainder(left: CelExpr, order: Order | 'equal', below: number | null): Lowered | null {
  const args = argsOf(left, '_%_');
  const divisor = numberOf(args?.[1]);
  const isWhole = args !== null && typeof literalOf(args[1]!) === 'bigint';
  if (args === null || divisor === null || !isWhole || divisor < 1 || divisor > GREATEST_DIVISOR || below === null) {
    return null;
  }
  const operand = wholeOperandOf(args[0]!);
  if (operand === null) return null;
  const isBelow = (limit: number): Condition => ({ op: 'modulo', operand, divisor, below: limit });
  const isRest = (limit: number): Condition => joined('all', [isBelow(divisor), { op: 'not', of: isBelow(limit) }]);
  if (order === 'less') return partly(isBelow(below), isRest(below));
  if (order === 'greater_or_equal') return partly(isRest(below), isBelow(below));
  return order === 'equal' && below === 0 ? partly(isBelow(1), isRest(1)) : null;
}

const GREATEST_DIVISOR = 1_000_000;

function wholeOperandOf(expr: CelExpr): Operand | null {
  if (expr.exprKind.case === 'identExpr') return expr.exprKind.value.name === 'uid' ? { from: 'user' } : null;
  return referenceOf(argsOf(expr, 'wholeNumber')?.[0])?.operand ?? null;
}

function lowerRandom(left: CelExpr, order: Order, below: number | null): Lowered | null {
  if (argsOf(left, 'random') === null || below === null || below < 0 || below > 1) return null;
  const isBelow = safely({ op: 'random', below });
  if (order === 'less') return isBelow;
  return order === 'greater_or_equal' ? negated(isBelow) : null;
}
