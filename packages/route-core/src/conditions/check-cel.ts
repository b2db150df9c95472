import { argsOf, type CelExpr, callOf, literalOf, partsOf, type SourceInfo } from './cel-ast.ts';
import { FUNCTIONS, METHODS, OPERATORS } from './cel-functions.ts';
import { kindOf } from './cel-kind.ts';
import { stepsOf } from './cel-steps.ts';
import { VARIABLES } from './cel-variables.ts';
import { faultOfArguments, isLiteral } from './check-cel-arguments.ts';
import type { CelFault } from './scan-cel.ts';

/** Steps that evaluating may take, by the estimate below. */
const MOST_STEPS = 20_000;
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
    // A method's operator is the dot before its name.
    const offset = this.#positionOf(expr) + (target === undefined ? 0 : 1);
    if (known === undefined) {
      this.report(expr, unknownFunction(name, target !== undefined), offset);
      return;
    }
    if (!known.arities.includes(args.length)) {
      this.report(expr, `gives "${name}" ${args.length} arguments instead of ${known.arities.join(' or ')}`, offset);
      return;
    }
    if (name === 'isTrue') this.expectTruth(args[0]!);
    for (const i of known.literals ?? []) {
      if (!isLiteral(args[i]!)) this.report(args[i]!, `computes what "${name}" needs literally`);
    }
    const wrong = this.fault === null ? faultOfArguments(name, args, known) : null;
    if (wrong !== null) this.report(wrong.argument, wrong.message);
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
