import type { Condition, Operand, PortionRecord, Scalar, UnitRecord } from '../routing-records.ts';
import type { Comparison } from './compile-comparison.ts';
import { compileRegex } from './compile-regex.ts';
import { DEEPEST_TREE, LARGEST_TREE, sizeOf } from './condition-size.ts';
import { parseInstant } from './instant.ts';
import { parseNetwork } from './match-networks.ts';
import type { TimeCondition } from './match-time.ts';
import { parseVersionRange } from './match-versions.ts';
import { readCel } from './read-cel.ts';

export const LONGEST_LIST = 500;
export const LONGEST_RANGE = 256;
const LARGEST_DIVISOR = 1_000_000;
const MINUTES_OF_DAY = 1440;

/** What is wrong and where: a JSON path such as `when.of[1].pattern`. */
export interface ConditionFault {
  readonly path: string;
  readonly message: string;
}

/**
 * All that is wrong with a condition of the right shape: sizes, patterns, networks, ranges, instants, expressions, and what
 * could never be true. Empty: it can be saved. Never throws, however deep or large.
 * @param path where the condition stands
 */
export function checkCondition(condition: Condition, path: string): ConditionFault[] {
  const { depth, nodes } = sizeOf(condition);
  if (depth > DEEPEST_TREE) return [{ path, message: `is nested more than ${DEEPEST_TREE} deep` }];
  if (nodes > LARGEST_TREE) return [{ path, message: `has more than ${LARGEST_TREE} parts` }];
  const faults: ConditionFault[] = [];
  visit(condition, path, (at, message) => faults.push({ path: at, message }));
  return faults;
}

type Report = (path: string, message: string) => void;

function visit(condition: Condition, path: string, report: Report): void {
  switch (condition.op) {
    case 'all':
    case 'any':
      for (const [i, part] of condition.of.entries()) visit(part, `${path}.of[${i}]`, report);
      return;
    case 'not':
      visit(condition.of, `${path}.of`, report);
      return;
    case 'cel':
      checkExpression(condition.expression, `${path}.expression`, report);
      return;
    default:
      if ('operand' in condition) checkOperand(condition.operand, `${path}.operand`, report);
      checkComparison(condition, path, report);
  }
}

function checkExpression(expression: string, path: string, report: Report): void {
  const read = readCel(expression);
  if (read.ok) return;
  const before = expression.slice(0, read.offset).split('\n');
  const column = before.at(-1)!.length + 1;
  report(path, `line ${before.length}, column ${column}: the expression ${read.message}`);
}

function checkOperand(operand: Operand, path: string, report: Report): void {
  if ('name' in operand && operand.name === '') report(`${path}.name`, 'is empty');
}

function checkComparison(condition: Comparison, path: string, report: Report): void {
  switch (condition.op) {
    case 'equals':
      checkScalar(condition.operand, condition.value, `${path}.value`, report);
      return;
    case 'in':
      checkList(condition.values, `${path}.values`, report);
      for (const [i, value] of condition.values.entries()) {
        checkScalar(condition.operand, value, `${path}.values[${i}]`, report);
      }
      return;
    case 'matches': {
      const regex = compileRegex(condition.pattern);
      if (!regex.ok) report(`${path}.pattern`, regex.message);
      return;
    }
    case 'less':
    case 'less_or_equal':
    case 'greater':
    case 'greater_or_equal':
      if (!Number.isFinite(condition.value)) report(`${path}.value`, 'is no number');
      return;
    case 'semver':
      if (condition.range.length > LONGEST_RANGE) report(`${path}.range`, `is longer than ${LONGEST_RANGE} characters`);
      else if (parseVersionRange(condition.range) === null) report(`${path}.range`, 'is no range of versions');
      return;
    case 'cidr':
      checkNetworks(condition.networks, `${path}.networks`, report);
      return;
    case 'modulo':
      checkModulo(condition, path, report);
      return;
    case 'time':
      checkTime(condition, path, report);
      return;
    case 'percentage':
      checkPortion(condition.portion, `${path}.portion`, report);
      return;
    case 'random':
      if (!(condition.below >= 0 && condition.below <= 1)) report(`${path}.below`, 'is not from 0 to 1');
      return;
    case 'exists':
    case 'starts_with':
    case 'ends_with':
    case 'contains':
      return;
    default:
      report(`${path}.op`, `is no kind of condition: ${String((condition as { op: unknown }).op)}`);
  }
}

function checkScalar(operand: Operand, value: Scalar, path: string, report: Report): void {
  if (typeof value === 'number' && !Number.isFinite(value)) report(path, 'is no number');
  if (value === '' && !('name' in operand)) report(path, 'is empty; an empty value counts as missing');
}

function checkList(list: readonly unknown[], path: string, report: Report): void {
  if (list.length === 0) report(path, 'is empty');
  if (list.length > LONGEST_LIST) report(path, `has more than ${LONGEST_LIST} entries`);
}

function checkNetworks(networks: readonly string[], path: string, report: Report): void {
  checkList(networks, path, report);
  for (const [i, network] of networks.entries()) {
    if (parseNetwork(network) === null) report(`${path}[${i}]`, `is no address or network: ${network.slice(0, 64)}`);
  }
}

function checkModulo({ divisor, below }: Extract<Comparison, { op: 'modulo' }>, path: string, report: Report): void {
  if (!isWhole(divisor, 1, LARGEST_DIVISOR))
    report(`${path}.divisor`, `is no whole number from 1 to ${LARGEST_DIVISOR}`);
  else if (!isWhole(below, 0, divisor)) report(`${path}.below`, `is no whole number from 0 to ${divisor}`);
}

function checkTime(window: TimeCondition, path: string, report: Report): void {
  const { from, until, days, fromMinute, untilMinute } = window;
  for (const [name, text] of Object.entries({ from, until })) {
    if (text !== undefined && Number.isNaN(parseInstant(text)))
      report(`${path}.${name}`, 'is no instant with a time zone');
  }
  if (from !== undefined && until !== undefined && parseInstant(from) >= parseInstant(until)) {
    report(`${path}.until`, 'is not after "from"');
  }
  for (const [i, day] of (days ?? []).entries()) {
    if (!isWhole(day, 1, 7)) report(`${path}.days[${i}]`, 'is no day from 1 (Monday) to 7 (Sunday)');
  }
  if (days?.length === 0) report(`${path}.days`, 'is empty');
  for (const [name, minute] of Object.entries({ fromMinute, untilMinute })) {
    if (minute !== undefined && !isWhole(minute, 0, MINUTES_OF_DAY)) {
      report(`${path}.${name}`, `is no minute from 0 to ${MINUTES_OF_DAY}`);
    }
  }
  if (fromMinute !== undefined && fromMinute === untilMinute)
    report(`${path}.untilMinute`, 'is the same as "fromMinute"');
}

function checkPortion({ unit, share, salt }: PortionRecord, path: string, report: Report): void {
  checkUnit(unit, `${path}.unit`, report);
  if (!isWhole(share, 0, 10_000)) report(`${path}.share`, 'is no whole number of basis points from 0 to 10000');
  if (salt === '') report(`${path}.salt`, 'is empty');
}

function checkUnit(unit: UnitRecord, path: string, report: Report): void {
  if ('name' in unit && unit.name === '') report(`${path}.name`, 'is empty');
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}
