import type { parse } from '@bufbuild/cel';

/** The syntax tree as the parser gives it (cel.expr.Expr). */
export type CelExpr = ReturnType<typeof parse>['expr'];
export type SourceInfo = NonNullable<ReturnType<typeof parse>['sourceInfo']>;
export type CelLiteral = string | number | bigint | boolean | null;

/** The parts of a call; null for anything else. Methods have their target as first argument. */
export function callOf(expr: CelExpr): { name: string; target: CelExpr | undefined; args: readonly CelExpr[] } | null {
  if (expr.exprKind.case !== 'callExpr') return null;
  const { function: name, target, args } = expr.exprKind.value;
  return { name, target, args };
}

/** The arguments of a call of this global function or operator, null for anything else. */
export function argsOf(expr: CelExpr, name: string): readonly CelExpr[] | null {
  const call = callOf(expr);
  return call !== null && call.name === name && call.target === undefined ? call.args : null;
}

export function identOf(expr: CelExpr): string | null {
  return expr.exprKind.case === 'identExpr' ? expr.exprKind.value.name : null;
}

/** The value of a literal; undefined for anything else, bytes and unsigned numbers among them. */
export function literalOf(expr: CelExpr): CelLiteral | undefined {
  if (expr.exprKind.case !== 'constExpr') return undefined;
  const { constantKind } = expr.exprKind.value;
  switch (constantKind.case) {
    case 'stringValue':
    case 'doubleValue':
    case 'int64Value':
    case 'boolValue':
      return constantKind.value;
    case 'nullValue':
      return null;
    default:
      return undefined;
  }
}

export function textOf(expr: CelExpr | undefined): string | null {
  const value = expr && literalOf(expr);
  return typeof value === 'string' ? value : null;
}

/** A literal number that a double holds exactly. */
export function numberOf(expr: CelExpr | undefined): number | null {
  const value = expr && literalOf(expr);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'bigint') return null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : null;
}

/** The literals of a list; null if anything else stands in it. */
export function literalsOf(expr: CelExpr | undefined): readonly CelLiteral[] | null {
  if (expr?.exprKind.case !== 'listExpr') return null;
  const literals: CelLiteral[] = [];
  for (const element of expr.exprKind.value.elements) {
    const value = literalOf(element);
    if (value === undefined) return null;
    literals.push(value);
  }
  return literals;
}

/** What an expression consists of, in reading order. */
export function partsOf(expr: CelExpr): readonly CelExpr[] {
  const { exprKind } = expr;
  const parts: (CelExpr | undefined)[] = [];
  switch (exprKind.case) {
    case 'callExpr':
      parts.push(exprKind.value.target, ...exprKind.value.args);
      break;
    case 'selectExpr':
      parts.push(exprKind.value.operand);
      break;
    case 'listExpr':
      parts.push(...exprKind.value.elements);
      break;
    case 'structExpr':
      for (const { keyKind, value } of exprKind.value.entries) {
        if (keyKind.case === 'mapKey') parts.push(keyKind.value);
        parts.push(value);
      }
      break;
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      parts.push(iterRange, accuInit, loopCondition, loopStep, result);
      break;
    }
    default:
  }
  return parts.filter((part) => part !== undefined);
}
