import { type CelExpr, partsOf } from './cel-ast.ts';

/** How many values a map or list of the request is taken to have. */
const ASSUMED_SIZE = 500;

/** An upper estimate of the nodes that are visited in one evaluation. */
export function stepsOf(expr: CelExpr): number {
  if (expr.exprKind.case !== 'comprehensionExpr') {
    return partsOf(expr).reduce((sum, part) => sum + stepsOf(part), 1);
  }
  const { iterRange, accuInit, loopCondition, loopStep, result } = expr.exprKind.value;
  const steps = (part: CelExpr | undefined): number => (part === undefined ? 0 : stepsOf(part));
  const size = iterRange?.exprKind.case === 'listExpr' ? iterRange.exprKind.value.elements.length : ASSUMED_SIZE;
  return 1 + steps(iterRange) + steps(accuInit) + steps(result) + size * (1 + steps(loopCondition) + steps(loopStep));
}
