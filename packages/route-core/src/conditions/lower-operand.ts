import type { Operand, UnitRecord } from '../routing-records.ts';
import { argsOf, type CelExpr, callOf, identOf, textOf } from './cel-ast.ts';
import { MAPS, TEXTS } from './cel-variables.ts';
import { printClaimPath } from './claim-path.ts';

/** A value of the request as an expression names it. */
export interface Reference {
  readonly operand: Operand;
  /** What it is where the request has none: '', null, or the expression fails. */
  readonly whenMissing: 'empty' | 'null' | 'fails';
  /** Whether it is text whenever it is there. */
  readonly isText: boolean;
}

/** `path`, `header['x']`, `header.x`, `header.get('x')`, `claims.a.b`, …; null for anything else. */
export function referenceOf(expr: CelExpr | undefined): Reference | null {
  if (expr === undefined) return null;
  const name = identOf(expr);
  if (name !== null) {
    const from = TEXTS[name];
    return from === undefined ? null : { operand: { from }, whenMissing: 'empty', isText: true };
  }
  const call = callOf(expr);
  if (call?.name === 'get' && call.target !== undefined && call.args.length === 1) {
    return memberOf(call.target, textOf(call.args[0]), 'null');
  }
  const step = stepOf(expr);
  if (step === null) return null;
  return memberOf(step.of, step.name, 'fails') ?? claimOf(expr);
}

/** `map['name']` or `map.name` */
function stepOf(expr: CelExpr): { of: CelExpr; name: string | null } | null {
  if (expr.exprKind.case === 'selectExpr') {
    const { operand, field, testOnly } = expr.exprKind.value;
    return testOnly || operand === undefined ? null : { of: operand, name: field };
  }
  const args = argsOf(expr, '_[_]');
  return args === null ? null : { of: args[0]!, name: textOf(args[1]) };
}

/** A value by name of one of the request's maps. */
export function memberOf(map: CelExpr, name: string | null, whenMissing: 'null' | 'fails'): Reference | null {
  const variable = identOf(map);
  const from = variable === null ? undefined : MAPS[variable];
  if (from === undefined || name === null || name === '') return null;
  const isText = from !== 'attribute' && from !== 'claim';
  return { operand: { from, name: from === 'claim' ? printClaimPath([name]) : name }, whenMissing, isText };
}

/** A claim within claims. */
function claimOf(expr: CelExpr): Reference | null {
  const path: string[] = [];
  let at = expr;
  for (let step = stepOf(at); step !== null; step = stepOf(at)) {
    if (step.name === null) return null;
    path.unshift(step.name);
    at = step.of;
  }
  const variable = identOf(at);
  // One step deep, memberOf has said no already.
  if (variable === null || MAPS[variable] !== 'claim' || path.length < 2) return null;
  return { operand: { from: 'claim', name: printClaimPath(path) }, whenMissing: 'fails', isText: false };
}

/** `'x' in header`, `has(header.x)`, `has(claims.a.b)`: whose being there is asked; `isSafe` if asking cannot fail. */
export function presenceOf(expr: CelExpr): { operand: Operand; isSafe: boolean } | null {
  const args = argsOf(expr, '@in');
  if (args !== null) {
    const member = memberOf(args[1]!, textOf(args[0]), 'null');
    return member && { operand: member.operand, isSafe: true };
  }
  if (expr.exprKind.case !== 'selectExpr' || !expr.exprKind.value.testOnly) return null;
  const { $typeName, operand, field } = expr.exprKind.value;
  const selected: CelExpr = {
    ...expr,
    exprKind: { case: 'selectExpr', value: { $typeName, operand, field, testOnly: false } as never },
  };
  const reference = referenceOf(selected);
  if (reference === null) return null;
  return { operand: reference.operand, isSafe: memberOf(operand!, field, 'null') !== null };
}

/** The unit that an operand stands for in a portion; null where it is none. */
export function unitOf(operand: Operand): UnitRecord | null {
  switch (operand.from) {
    case 'user':
    case 'session':
    case 'tenant':
    case 'token':
      return { by: operand.from };
    case 'cookie':
    case 'header':
    case 'attribute':
    case 'claim':
      return { by: operand.from, name: operand.name };
    default:
      return null;
  }
}
