import type { Condition } from '../routing-records.ts';
import { argsOf, type CelExpr, callOf, literalOf, literalsOf, textOf } from './cel-ast.ts';
import { basisPointsOf } from './cel-environment.ts';
import { compileRegex } from './compile-regex.ts';
import { type Reference, referenceOf, unitOf } from './lower-operand.ts';
import { joined, type Lowered, partly, safely } from './lowered.ts';

/** Tests of one value that are calls; null where no condition says exactly the same, or not when it is false. */
export function lowerCall(expr: CelExpr): Lowered | null {
  const call = callOf(expr);
  if (call === null) return null;
  if (call.target !== undefined) return lowerMethod(referenceOf(call.target), call.name, textOf(call.args[0]));
  const reference = referenceOf(call.args[0]);
  if (reference === null) return null;
  const { operand } = reference;
  switch (call.name) {
    case 'matches':
      return lowerMethod(reference, 'matches', textOf(call.args[1]));
    case 'semver': {
      const range = textOf(call.args[1]);
      return range === null ? null : lowerTest(reference, { op: 'semver', operand, range }, false);
    }
    case 'inCidr': {
      const networks = literalsOf(call.args[1]) ?? [literalOf(call.args[1]!)];
      if (networks.length === 0 || !networks.every((network) => typeof network === 'string')) return null;
      return lowerTest(reference, { op: 'cidr', operand, networks }, false);
    }
    case 'percentage':
      return lowerPercentage(reference, call.args);
    default:
      return null;
  }
}

function lowerMethod(reference: Reference | null, name: string, argument: string | null): Lowered | null {
  if (reference === null || argument === null) return null;
  const { operand } = reference;
  switch (name) {
    case 'startsWith':
      return lowerTest(reference, { op: 'starts_with', operand, value: argument }, argument === '');
    case 'endsWith':
      return lowerTest(reference, { op: 'ends_with', operand, value: argument }, argument === '');
    case 'contains':
      return lowerTest(reference, { op: 'contains', operand, value: argument }, argument === '');
    case 'matches': {
      const regex = compileRegex(argument);
      return regex.ok ? lowerTest(reference, { op: 'matches', operand, pattern: argument }, regex.isFound('')) : null;
    }
    default:
      return null;
  }
}

/** A test of text, which fails for what is none. @param holdsForNone what it is for '' */
function lowerTest(
  { operand, whenMissing, isText }: Reference,
  test: Condition,
  holdsForNone: boolean,
): Lowered | null {
  const exists: Condition = { op: 'exists', operand };
  if (whenMissing === 'empty') {
    return safely(holdsForNone ? joined('any', [{ op: 'not', of: exists }, test]) : test);
  }
  const whenFalse = joined('all', [exists, { op: 'not', of: test }]);
  // No condition tells text from what is none, so for attributes and claims only being true can be said.
  return partly(test, isText ? whenFalse : UNSAYABLE);
}

/** Stands where being false cannot be said; whoever needs it leaves the expression to the evaluator. */
export const UNSAYABLE: Condition = { op: 'any', of: [{ op: 'cel', expression: 'false' }] };

function lowerPercentage({ operand, whenMissing }: Reference, args: readonly CelExpr[]): Lowered | null {
  const unit = unitOf(operand);
  const percent = literalOf(args[1]!);
  const share = typeof percent === 'string' ? null : basisPointsOf(percent);
  const salt = textOf(args[2]);
  if (unit === null || share === null || salt === null || argsOf(args[0]!, 'dyn') !== null) return null;
  const isInside: Condition = { op: 'percentage', portion: { unit, share, salt } };
  if (whenMissing !== 'fails') return safely(isInside);
  return partly(
    isInside,
    joined('all', [
      { op: 'exists', operand },
      { op: 'not', of: isInside },
    ]),
  );
}
