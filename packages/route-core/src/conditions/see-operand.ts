import { drawRandom } from '../decision-env.ts';
import type { Condition, Operand } from '../routing-records.ts';
import { beginSalt, bucketOf } from '../splits/bucket-of.ts';
import type { Comparison } from './compile-comparison.ts';
import type { Facts } from './facts.ts';
import { compileUnit, compileValue } from './read-operand.ts';

const LONGEST_VALUE = 120;
/** Of what may be a secret, so much is shown that its owner knows it again. */
const SHOWN_OF_SECRET = 8;
const HIDDEN_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

/** What a comparison looked at, as an operator may see it; null = missing. */
export function seeComparison(condition: Comparison, facts: Facts): string | null {
  switch (condition.op) {
    case 'time':
      return new Date(facts.nowMs).toISOString();
    case 'percentage': {
      const unit = compileUnit(condition.portion.unit)(facts);
      if (unit === '') return null;
      return `bucket ${bucketOf(beginSalt(condition.portion.salt), unit)} of ${shorten(redactUnit(condition, unit))}`;
    }
    case 'random':
      return null;
    default:
      return 'operand' in condition ? seeOperand(condition.operand, facts) : null;
  }
}

/** A draw, which may be made only once: what it gave, and what that means. */
export function traceRandom(
  condition: Extract<Condition, { op: 'random' }>,
  facts: Facts,
): { passed: boolean; value: string } {
  const drawn = drawRandom(facts.env);
  return { passed: drawn < condition.below, value: String(drawn) };
}

export function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function seeOperand(operand: Operand, facts: Facts): string | null {
  const value = compileValue(operand)(facts);
  if (value === undefined) return null;
  return shorten(redact(operand, typeof value === 'string' ? value : JSON.stringify(value)));
}

function redact(operand: Operand, text: string): string {
  switch (operand.from) {
    case 'header':
      return HIDDEN_HEADERS.has(operand.name.toLowerCase()) ? '…' : text;
    case 'token':
    case 'claim':
    case 'cookie':
    case 'session':
      return text.length > SHOWN_OF_SECRET ? `${text.slice(0, SHOWN_OF_SECRET)}…` : text;
    default:
      return text;
  }
}

function redactUnit({ portion: { unit } }: Extract<Comparison, { op: 'percentage' }>, text: string): string {
  return redact('name' in unit ? { from: unit.by, name: unit.name } : { from: unit.by }, text);
}
