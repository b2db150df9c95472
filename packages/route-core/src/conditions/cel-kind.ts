import { type CelExpr, callOf, literalOf } from './cel-ast.ts';
import { FUNCTIONS, METHODS, OPERATORS } from './cel-functions.ts';
import { MAPS, VARIABLES } from './cel-variables.ts';

/** Whether an expression may yield true or false, as far as that shows without a request. */
export function kindOf(expr: CelExpr): 'truth' | 'other' | 'unknown' {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return typeof literalOf(expr) === 'boolean' ? 'truth' : 'other';
    case 'listExpr':
    case 'structExpr':
      return 'other';
    case 'identExpr':
      return VARIABLES.has(exprKind.value.name) ? 'other' : 'unknown';
    case 'selectExpr':
      return exprKind.value.testOnly ? 'truth' : kindOfMember(exprKind.value.operand);
    case 'comprehensionExpr': {
      // all, exists: a truth is what they begin with; map, filter: a list; exists_one: a comparison at the end.
      const { result, accuInit } = exprKind.value;
      return result?.exprKind.case === 'identExpr' ? kindOf(accuInit!) : 'truth';
    }
    case 'callExpr':
      return kindOfCall(expr);
    default:
      return 'other';
  }
}

function kindOfCall(expr: CelExpr): 'truth' | 'other' | 'unknown' {
  const { name, target, args } = callOf(expr)!;
  if (target !== undefined) return METHODS.get(name)?.yields ?? 'unknown';
  if (name === '_[_]') return kindOfMember(args[0]);
  if (name === '_?_:_') return kindOf(args[1]!) === 'other' && kindOf(args[2]!) === 'other' ? 'other' : 'unknown';
  return OPERATORS.get(name) ?? FUNCTIONS.get(name)?.yields ?? 'unknown';
}

/** Headers, cookies and the query hold text; attributes and claims may hold a truth. */
function kindOfMember(operand: CelExpr | undefined): 'other' | 'unknown' {
  const from = operand?.exprKind.case === 'identExpr' ? MAPS[operand.exprKind.value.name] : undefined;
  return from === 'header' || from === 'cookie' || from === 'query' ? 'other' : 'unknown';
}
