import { unparse } from '@bufbuild/cel';
import type { Condition } from '../routing-records.ts';
import { argsOf, type CelExpr, literalOf, type SourceInfo } from './cel-ast.ts';
import { lowerCall, UNSAYABLE } from './lower-call.ts';
import { lowerComparison } from './lower-comparison.ts';
import { presenceOf } from './lower-operand.ts';
import { mergeTimes } from './lower-time.ts';
import { ALWAYS, joined, type Lowered, NOWHERE, negated, partly, safely } from './lowered.ts';
import { readCel } from './read-cel.ts';

export type ParsedCel =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/**
 * The condition that is true exactly when the expression is. What a tree can say becomes one; the rest stays CEL, the whole
 * or in parts. Never throws. `offset` counts UTF-16 units from 0.
 */
export function parseCel(text: string): ParsedCel {
  const read = readCel(text);
  if (!read.ok) return { ok: false, message: read.message, offset: read.offset };
  try {
    const condition = new Lowering(read.sourceInfo).lower(read.expr).whenTrue;
    // Left as a whole, it stays as it was written.
    return { ok: true, condition: condition.op === 'cel' ? { op: 'cel', expression: text.trim() } : condition };
  } catch (error) {
    if (!(error instanceof NotPrintable)) throw error;
    return { ok: true, condition: { op: 'cel', expression: text.trim() } };
  }
}

/** `true` */
const CERTAIN: Lowered = { whenTrue: ALWAYS, whenFalse: NOWHERE, isSafe: true };

/** The library's printer did not say the same again. */
class NotPrintable extends Error {}

class Lowering {
  readonly #sourceInfo: SourceInfo | undefined;

  constructor(sourceInfo: SourceInfo | undefined) {
    this.#sourceInfo = sourceInfo;
  }

  lower(expr: CelExpr): Lowered {
    const all = argsOf(expr, '_&&_');
    if (all !== null) return this.#join('all', all);
    const any = argsOf(expr, '_||_');
    if (any !== null) return this.#join('any', any);
    const not = argsOf(expr, '!_');
    if (not !== null) return negated(this.lower(not[0]!));
    const guarded = argsOf(expr, 'isTrue');
    if (guarded !== null) return safely(this.lower(guarded[0]!).whenTrue);
    return this.#lowerLeaf(expr);
  }

  #join(op: 'all' | 'any', args: readonly CelExpr[]): Lowered {
    const parts = args.map((arg) => this.lower(arg));
    const trues = parts.map((part) => part.whenTrue);
    const whenTrue = joined(
      op,
      mergeTimes(
        op,
        trues.flatMap((part) => (part.op === op ? part.of : [part])),
      ),
    );
    if (parts.every((part) => part.isSafe)) return safely(whenTrue);
    return partly(
      whenTrue,
      joined(
        op === 'all' ? 'any' : 'all',
        parts.map((part) => part.whenFalse),
      ),
    );
  }

  #lowerLeaf(expr: CelExpr): Lowered {
    const value = literalOf(expr);
    if (typeof value === 'boolean') return value ? CERTAIN : negated(CERTAIN);
    const presence = presenceOf(expr);
    if (presence !== null) {
      const exists: Condition = { op: 'exists', operand: presence.operand };
      return presence.isSafe ? safely(exists) : this.#sayable(expr, partly(exists, UNSAYABLE));
    }
    const lowered = lowerComparison(expr) ?? lowerCall(expr);
    return lowered === null ? this.#leave(expr) : this.#sayable(expr, lowered);
  }

  #sayable(expr: CelExpr, lowered: Lowered): Lowered {
    return lowered.whenFalse === UNSAYABLE ? partly(lowered.whenTrue, this.#leave(expr).whenFalse) : lowered;
  }

  #leave(expr: CelExpr): Lowered {
    const text = this.#print(expr);
    return partly({ op: 'cel', expression: text }, { op: 'cel', expression: `!(${text})` });
  }

  /** A part of the expression as text again. The parser keeps beginnings only, so that it cannot be cut out. */
  #print(expr: CelExpr): string {
    const text = unparse({ $typeName: 'cel.expr.ParsedExpr', expr, sourceInfo: this.#sourceInfo } as never);
    const again = readCel(text);
    if (!again.ok || shapeOf(again.expr) !== shapeOf(expr)) throw new NotPrintable();
    return text;
  }
}

/** An expression without the numbers of its parts. */
function shapeOf(expr: CelExpr): string {
  return JSON.stringify(expr, (key, value: unknown) => {
    if (key === 'id') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value;
  });
}
