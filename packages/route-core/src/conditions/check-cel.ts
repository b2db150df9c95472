import { argsOf, type CelExpr, callOf, literalOf, literalsOf, partsOf, type SourceInfo, textOf } from './cel-ast.ts';
import { basisPointsOf } from './cel-environment.ts';
import { type CelFunctionInfo, FUNCTIONS, METHODS, OPERATORS } from './cel-functions.ts';
import { MAPS, UID, VARIABLES } from './cel-variables.ts';
import { compileRegex } from './compile-regex.ts';
import { parseNetwork } from './match-networks.ts';
import { parseVersionRange } from './match-versions.ts';
import type { CelFault } from './scan-cel.ts';

/** Steps that evaluating may take, by the estimate below. */
const MOST_STEPS = 20_000;
/** How many values a map or list of the request is taken to have. */
const ASSUMED_SIZE = 1000;
/** Operators in a row (`a + b + …`, `a.b.…`), beyond which evaluating could exhaust the stack. */
const LONGEST_CHAIN = 100;
const INT_BITS = 64;

const TYPE_NAMES = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type']);

/** What keeps an expression from ever being true, or makes it cost too much; null if nothing does. */
export function checkCel(expr: CelExpr, sourceInfo: SourceInfo | undefined): CelFault | null {
  const check = new CelCheck(sourceInfo);
  check.visit(expr, new Set(), 0);
  check.expectTruth(expr);
  if (check.fault === null && stepsOf(expr) > MOST_STEPS) check.report(expr, 'takes too many steps');
  return check.fault;
}

class CelCheck {
  fault: CelFault | null = null;
  readonly #positions: Readonly<Record<string, number>>;

  constructor(sourceInfo: SourceInfo | undefined) {
    this.#positions = sourceInfo?.positions ?? {};
  }

  /** Keeps the first fault. */
  report(expr: CelExpr, message: string, offset = this.#positionOf(expr)): void {
    this.fault ??= { message, offset };
  }

  /** Where the operator stands, or the one literal or name. */
  #positionOf(expr: CelExpr): number {
    return this.#positions[String(expr.id)] ?? 0;
  }

  #startOf(expr: CelExpr): number {
    return partsOf(expr).reduce((start, part) => Math.min(start, this.#startOf(part)), this.#positionOf(expr));
  }

  visit(expr: CelExpr, locals: ReadonlySet<string>, depth: number): void {
    if (this.fault !== null) return;
    if (depth > LONGEST_CHAIN) {
      this.report(expr, `chains more than ${LONGEST_CHAIN} operators`);
      return;
    }
    let inner = locals;
    switch (expr.exprKind.case) {
      case 'identExpr':
        this.#visitName(expr, expr.exprKind.value.name, locals);
        return;
      case 'constExpr':
        this.#visitLiteral(expr);
        return;
      case 'callExpr':
        this.#visitCall(expr);
        break;
      case 'structExpr':
        if (expr.exprKind.value.messageName !== '')
          this.report(expr, 'makes a message, for which there is no use here');
        break;
      case 'comprehensionExpr':
        inner = new Set([...locals, expr.exprKind.value.iterVar, expr.exprKind.value.accuVar]);
        break;
      case 'selectExpr':
      case 'listExpr':
        break;
      default:
        this.report(expr, 'is empty');
    }
    const isLogic = argsOf(expr, '_&&_') !== null || argsOf(expr, '_||_') !== null;
    // Long chains of && and || are how lists of conditions look; evaluating them is cheap on the stack.
    for (const part of partsOf(expr)) this.visit(part, inner, isLogic ? depth : depth + 1);
  }

  #visitName(expr: CelExpr, name: string, locals: ReadonlySet<string>): void {
    if (locals.has(name) || VARIABLES.has(name) || TYPE_NAMES.has(name)) return;
    this.report(expr, `names "${name}", which no request has`);
  }

  #visitLiteral(expr: CelExpr): void {
    const value = literalOf(expr);
    if (typeof value === 'bigint' && BigInt.asIntN(INT_BITS, value) !== value) {
      this.report(expr, 'has a whole number that does not fit into 64 bits');
    }
  }

  #visitCall(expr: CelExpr): void {
    const { name, target, args } = callOf(expr)!;
    if (target === undefined && OPERATORS.has(name)) {
      if (name === '_&&_' || name === '_||_' || name === '!_') for (const arg of args) this.expectTruth(arg);
      if (name === '_?_:_') this.expectTruth(args[0]!);
      return;
    }
    const known = (target === undefined ? FUNCTIONS : METHODS).get(name);
    if (known === undefined) {
      this.report(expr, unknownFunction(name, target !== undefined));
      return;
    }
    if (!known.arities.includes(args.length)) {
      this.report(expr, `gives "${name}" ${args.length} arguments instead of ${known.arities.join(' or ')}`);
      return;
    }
    if (name === 'isTrue') this.expectTruth(args[0]!);
    for (const i of known.literals ?? [])
      if (!isLiteral(args[i]!)) this.report(args[i]!, `computes what "${name}" needs literally`);
    const message = this.fault === null ? faultOfArguments(name, args, known) : null;
    if (message !== null) this.report(expr, message);
  }

  expectTruth(expr: CelExpr): void {
    if (this.fault !== null || kindOf(expr) !== 'other') return;
    this.report(expr, 'yields something else than true or false', this.#startOf(expr));
  }
}

function unknownFunction(name: string, isMethod: boolean): string {
  if (isMethod && FUNCTIONS.has(name)) return `calls "${name}" on a value; it is called as ${name}(…)`;
  if (!isMethod && METHODS.has(name)) return `calls "${name}" on nothing; it is called as value.${name}(…)`;
  return `calls "${name}", which does not exist`;
}

function isLiteral(expr: CelExpr): boolean {
  return literalOf(expr) !== undefined || literalsOf(expr) !== null;
}

function faultOfArguments(name: string, args: readonly CelExpr[], { literals }: CelFunctionInfo): string | null {
  const at = literals?.[0];
  if (at === undefined) return null;
  const text = textOf(args[at]);
  switch (name) {
    case 'matches': {
      const regex = text === null ? ({ ok: false, message: 'is no text' } as const) : compileRegex(text);
      return regex.ok ? null : `has a pattern that ${regex.message}`;
    }
    case 'semver':
      return text !== null && parseVersionRange(text) !== null ? null : 'has a version range that is none';
    case 'percentage': {
      const isShare = typeof literalOf(args[1]!) !== 'string' && basisPointsOf(literalOf(args[1]!)) !== null;
      return isShare ? null : 'has a percentage that is not from 0 to 100 in steps of 0.01';
    }
    default: {
      const networks = text === null ? (literalsOf(args[at]) ?? [null]) : [text];
      const wrong = networks.find((network) => typeof network !== 'string' || parseNetwork(network) === null);
      return wrong === undefined ? null : `has a network that is none: ${String(wrong)}`;
    }
  }
}

/** Whether an expression may yield true or false, as far as that shows without a request. */
function kindOf(expr: CelExpr): 'truth' | 'other' | 'unknown' {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return typeof literalOf(expr) === 'boolean' ? 'truth' : 'other';
    case 'listExpr':
    case 'structExpr':
      return 'other';
    case 'identExpr':
      return VARIABLES.has(exprKind.value.name) || exprKind.value.name === UID ? 'other' : 'unknown';
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

/** An upper estimate of the nodes that are visited in one evaluation. */
function stepsOf(expr: CelExpr): number {
  if (expr.exprKind.case !== 'comprehensionExpr') {
    return partsOf(expr).reduce((sum, part) => sum + stepsOf(part), 1);
  }
  const { iterRange, accuInit, loopCondition, loopStep, result } = expr.exprKind.value;
  const steps = (part: CelExpr | undefined): number => (part === undefined ? 0 : stepsOf(part));
  const size = iterRange?.exprKind.case === 'listExpr' ? iterRange.exprKind.value.elements.length : ASSUMED_SIZE;
  return 1 + steps(iterRange) + steps(accuInit) + steps(result) + size * (1 + steps(loopCondition) + steps(loopStep));
}
