import type { Operand, Scalar } from '../routing-records.ts';
import type { Comparison } from './compile-comparison.ts';
import { compileRegex } from './compile-regex.ts';
import { parseInstant } from './instant.ts';
import { parseNetwork } from './match-networks.ts';
import type { TimeCondition } from './match-time.ts';
import { parseVersionRange } from './match-versions.ts';
import { existsText, nullableText, numberText, operandText, quote } from './operand-text.ts';
import { ALL, ANY, FALSE, join, type Printed, RELATION, safe, VALUE } from './printed.ts';
import { GREATEST_DIVISOR } from './read-number.ts';

/** @param underNot whether failing instead of being false would matter */
export function printComparison(condition: Comparison, underNot: boolean): Printed {
  switch (condition.op) {
    case 'exists': {
      const { text, isSafe } = existsText(condition.operand);
      return { text, level: RELATION, isSafe };
    }
    case 'equals':
      return printIn(condition.operand, [condition.value], underNot);
    case 'in':
      return printIn(condition.operand, condition.values, underNot);
    case 'starts_with':
      return printTextTest(condition.operand, `startsWith(${quote(condition.value)})`, condition.value === '');
    case 'ends_with':
      return printTextTest(condition.operand, `endsWith(${quote(condition.value)})`, condition.value === '');
    case 'contains':
      return printTextTest(condition.operand, `contains(${quote(condition.value)})`, condition.value === '');
    case 'matches': {
      const regex = compileRegex(condition.pattern);
      if (!regex.ok) return FALSE;
      return printTextTest(condition.operand, `matches(${quote(condition.pattern)})`, regex.isFound(''));
    }
    case 'less':
    case 'less_or_equal':
    case 'greater':
    case 'greater_or_equal':
      return printOrder(condition);
    case 'semver':
      if (parseVersionRange(condition.range) === null) return FALSE;
      return printCall('semver', condition.operand, quote(condition.range));
    case 'cidr':
      return printCidr(condition.operand, condition.networks);
    case 'modulo':
      return printModulo(condition);
    case 'time':
      return printTime(condition);
    case 'percentage': {
      const { unit, share, salt } = condition.portion;
      const operand: Operand = 'name' in unit ? { from: unit.by, name: unit.name } : { from: unit.by };
      return printCall('percentage', operand, `${share / 100}, ${quote(salt)}`);
    }
    case 'random': {
      const below = numberText(condition.below);
      return below === null ? FALSE : safe(`random() < ${below}`, RELATION);
    }
    default:
      return FALSE;
  }
}

const isSingle = (operand: Operand): boolean => !('name' in operand);

/** Membership, where `==` says the same for one text. Numbers go through `number`, booleans may also be words. */
function printIn(operand: Operand, values: readonly Scalar[], underNot: boolean): Printed {
  // A variable of one text is '' where it is missing, and what is missing equals nothing.
  const texts = values.filter((value) => typeof value === 'string' && !(value === '' && isSingle(operand))) as string[];
  const booleans = values.filter((value) => typeof value === 'boolean');
  const literals = texts.map(quote);
  for (const value of booleans)
    literals.push(String(value), ...(texts.includes(String(value)) ? [] : [quote(String(value))]));
  const numbers = values
    .filter((value) => typeof value === 'number')
    .map(numberText)
    .filter((text) => text !== null);
  const nullable = underNot ? nullableText(operand) : null;
  const text = nullable ?? operandText(operand);
  const isSafe = nullable !== null || isSingle(operand);
  const parts: Printed[] = [];
  if (literals.length > 0) parts.push({ text: `${text} ${oneOf(literals)}`, level: RELATION, isSafe });
  if (numbers.length > 0)
    parts.push({ text: `number(${operandText(operand)}) ${oneOf(numbers)}`, level: RELATION, isSafe: false });
  return join(parts, ANY);
}

function oneOf(literals: readonly string[]): string {
  return literals.length === 1 ? `== ${literals[0]}` : `in [${literals.join(', ')}]`;
}

/** @param holdsForNone whether the test would hold for '', which a missing variable of one text is */
function printTextTest(operand: Operand, call: string, holdsForNone: boolean): Printed {
  const text = operandText(operand);
  const test = `${text}.${call}`;
  if (!isSingle(operand)) return { text: test, level: VALUE, isSafe: false };
  return holdsForNone ? safe(`${text} != '' && ${test}`, ALL) : safe(test, VALUE);
}

function printCall(name: string, operand: Operand, rest: string): Printed {
  return { text: `${name}(${operandText(operand)}, ${rest})`, level: VALUE, isSafe: isSingle(operand) };
}

/** What is no network holds nobody, so that it can be left out; expressions refuse it. */
function printCidr(operand: Operand, texts: readonly string[]): Printed {
  const networks = texts.filter((text) => parseNetwork(text) !== null).map(quote);
  if (networks.length === 0) return FALSE;
  return printCall('inCidr', operand, networks.length === 1 ? networks[0]! : `[${networks.join(', ')}]`);
}

const ORDER = { less: '<', less_or_equal: '<=', greater: '>', greater_or_equal: '>=' } as const;

function printOrder(condition: Extract<Comparison, { op: keyof typeof ORDER }>): Printed {
  const value = numberText(condition.value);
  if (value === null) return FALSE;
  const text = `number(${operandText(condition.operand)}) ${ORDER[condition.op]} ${value}`;
  return { text, level: RELATION, isSafe: false };
}

function printModulo({ operand, divisor, below }: Extract<Comparison, { op: 'modulo' }>): Printed {
  if (!Number.isSafeInteger(divisor) || divisor < 1 || divisor > GREATEST_DIVISOR) return FALSE;
  const value = operand.from === 'user' ? 'uid' : `wholeNumber(${operandText(operand)})`;
  const limit = numberText(below);
  return limit === null ? FALSE : { text: `${value} % ${divisor} < ${limit}`, level: RELATION, isSafe: false };
}

function printTime({ from, until, days, fromMinute, untilMinute }: TimeCondition): Printed {
  const parts: Printed[] = [];
  for (const [text, operator] of [
    [from, '>='],
    [until, '<'],
  ] as const) {
    if (text === undefined) continue;
    const ms = parseInstant(text);
    if (Number.isNaN(ms)) return FALSE;
    parts.push(safe(`now() ${operator} timestamp('${instantText(ms)}')`, RELATION));
  }
  if (days !== undefined) parts.push(safe(`weekday() in [${days.join(', ')}]`, RELATION));
  const minutes: Printed[] = [];
  if (fromMinute !== undefined) minutes.push(safe(`minuteOfDay() >= ${fromMinute}`, RELATION));
  if (untilMinute !== undefined) minutes.push(safe(`minuteOfDay() < ${untilMinute}`, RELATION));
  const passesMidnight = minutes.length === 2 && fromMinute! > untilMinute!;
  if (minutes.length > 0) parts.push(join(minutes, passesMidnight ? ANY : ALL));
  return join(parts, ALL);
}

function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
