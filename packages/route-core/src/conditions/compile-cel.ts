import { isCelError, parse, plan } from '@bufbuild/cel';
import { argsOf, type CelExpr, partsOf } from './cel-ast.ts';
import { bindingsOf } from './cel-bindings.ts';
import { environment, onBehalfOf } from './cel-environment.ts';
import { closeComment } from './close-comment.ts';
import type { Facts } from './facts.ts';

/** true, false, or the message of what kept the expression from being either. */
export type EvaluateCel = (facts: Facts) => boolean | string;

/** Plans an expression for the CEL evaluator. @param text what `readCel` let pass */
export function compileCel(text: string): EvaluateCel {
  const { expr } = parse(closeComment(text));
  expandMacros(expr);
  const evaluate = plan(environment, expr) as (bindings: object) => unknown;
  return (facts) => {
    const value = onBehalfOf(facts, () => evaluate(bindingsOf(facts)));
    if (typeof value === 'boolean') return value;
    return isCelError(value) ? value.message : 'yields something else than true or false';
  };
}

/**
 * `isTrue(x)` is false where `x` fails, which no function of CEL can be: failing arguments never reach one. The evaluator
 * has one operator that tells failing from false, meant for macros, and this is one.
 */
function expandMacros(expr: CelExpr): void {
  for (const part of partsOf(expr)) expandMacros(part);
  const argument = argsOf(expr, 'isTrue')?.[0];
  if (argument === undefined) return;
  const call = (name: string, arg: CelExpr): CelExpr['exprKind'] => ({
    case: 'callExpr',
    value: { $typeName: 'cel.expr.Expr.Call', function: name, args: [arg] },
  });
  const isNot: CelExpr = { ...expr, exprKind: call('!_', argument) };
  expr.exprKind = call('!_', { ...expr, exprKind: call('@not_strictly_false', isNot) });
}
