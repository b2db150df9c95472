import { drawRandom } from '../decision-env.ts';
import type { Condition, Operand, Scalar } from '../routing-records.ts';
import { compileRegex } from './compile-regex.ts';
import type { Facts } from './facts.ts';
import { compileNetworks } from './match-networks.ts';
import { compileTime } from './match-time.ts';
import { compileVersionRange } from './match-versions.ts';
import { GREATEST_DIVISOR, readNumber, readRemainder } from './read-number.ts';
import { compilePortion, compileText, compileValue } from './read-operand.ts';

export type Test = (facts: Facts) => boolean;
/** A condition that has no parts and is no CEL. */
export type Comparison = Exclude<Condition, { op: 'all' | 'any' | 'not' | 'cel' }>;

export const NEVER: Test = () => false;
/** Longer lists are looked up instead of searched. */
const SHORT_LIST = 4;

/** One closure per comparison, with everything worked out that does not depend on the request. */
export function compileComparison(condition: Comparison): Test {
  switch (condition.op) {
    case 'exists': {
      const read = compileValue(condition.operand);
      return (facts) => read(facts) !== undefined;
    }
    case 'equals':
      return compileEquals(condition.operand, condition.value);
    case 'in':
      return compileIn(condition.operand, condition.values);
    case 'starts_with':
    case 'ends_with':
    case 'contains':
    case 'matches':
    case 'semver':
      return compileTextTest(condition);
    case 'less':
    case 'less_or_equal':
    case 'greater':
    case 'greater_or_equal':
      return compileOrder(condition);
    case 'cidr':
      return compileCidr(condition.operand, condition.networks);
    case 'modulo':
      return compileModulo(condition);
    case 'time': {
      const isOpen = compileTime(condition);
      return (facts) => isOpen(facts.nowMs);
    }
    case 'percentage':
      return compilePortion(condition.portion);
    case 'random': {
      const { below } = condition;
      return (facts) => drawRandom(facts.env) < below;
    }
    default:
      return NEVER;
  }
}

/** Requests are mostly text: text may stand for the number or boolean that is asked for, but not the other way round. */
function compileEquals(operand: Operand, value: Scalar): Test {
  if (typeof value === 'string') return compileTextEquals(operand, value);
  const read = compileValue(operand);
  if (typeof value === 'number') return (facts) => readNumber(read(facts)) === value;
  const word = String(value);
  return (facts) => {
    const given = read(facts);
    return given === value || given === word;
  };
}

/** The operands asked for most are read without a call in between. */
function compileTextEquals(operand: Operand, value: string): Test {
  switch (operand.from) {
    case 'header': {
      const name = operand.name.toLowerCase();
      return (facts) => facts.header(name) === value;
    }
    case 'cookie': {
      const { name } = operand;
      return (facts) => facts.cookie(name) === value;
    }
    case 'query': {
      const { name } = operand;
      return (facts) => facts.query(name) === value;
    }
    case 'attribute': {
      const { name } = operand;
      return (facts) => facts.attribute(name) === value;
    }
    default: {
      const read = compileText(operand);
      return (facts) => read(facts) === value;
    }
  }
}

function compileIn(operand: Operand, values: readonly Scalar[]): Test {
  const texts = new Set(values.filter((value) => typeof value === 'string'));
  const others = values.filter((value) => typeof value !== 'string').map((value) => compileEquals(operand, value));
  const isText = compileTextIn(operand, texts);
  if (others.length === 0) return isText;
  return (facts) => {
    if (isText(facts)) return true;
    for (let i = 0; i < others.length; i++) if (others[i]!(facts)) return true;
    return false;
  };
}

function compileTextIn(operand: Operand, texts: ReadonlySet<string>): Test {
  const read = compileText(operand);
  if (texts.size > SHORT_LIST) {
    return (facts) => {
      const given = read(facts);
      return given !== undefined && texts.has(given);
    };
  }
  const list = [...texts];
  return (facts) => {
    const given = read(facts);
    for (let i = 0; i < list.length; i++) if (list[i] === given) return true;
    return false;
  };
}

function compileTextTest(
  condition: Extract<Comparison, { op: 'starts_with' | 'ends_with' | 'contains' | 'matches' | 'semver' }>,
): Test {
  const read = compileText(condition.operand);
  const on = (isTrue: (text: string) => boolean): Test => {
    return (facts) => {
      const given = read(facts);
      return given !== undefined && isTrue(given);
    };
  };
  if (condition.op === 'semver') return on(compileVersionRange(condition.range));
  if (condition.op === 'matches') {
    const regex = compileRegex(condition.pattern);
    return regex.ok ? on(regex.isFound) : NEVER;
  }
  const { value } = condition;
  if (condition.op === 'starts_with') return on((text) => text.startsWith(value));
  if (condition.op === 'ends_with') return on((text) => text.endsWith(value));
  return on((text) => text.includes(value));
}

/** A missing number is NaN, which is neither less nor greater than anything. */
function compileOrder(
  condition: Extract<Comparison, { op: 'less' | 'less_or_equal' | 'greater' | 'greater_or_equal' }>,
): Test {
  const read = compileValue(condition.operand);
  const { value } = condition;
  switch (condition.op) {
    case 'less':
      return (facts) => readNumber(read(facts)) < value;
    case 'less_or_equal':
      return (facts) => readNumber(read(facts)) <= value;
    case 'greater':
      return (facts) => readNumber(read(facts)) > value;
    default:
      return (facts) => readNumber(read(facts)) >= value;
  }
}

function compileCidr(operand: Operand, networks: readonly string[]): Test {
  const isInside = compileNetworks(networks);
  if (operand.from === 'client_ip') return (facts) => isInside(facts.clientIp);
  const read = compileText(operand);
  return (facts) => {
    const given = read(facts);
    return given !== undefined && isInside(given);
  };
}

function compileModulo(condition: Extract<Comparison, { op: 'modulo' }>): Test {
  const { divisor, below } = condition;
  if (!Number.isSafeInteger(divisor) || divisor < 1 || divisor > GREATEST_DIVISOR) return NEVER;
  const read = compileValue(condition.operand);
  return (facts) => {
    const remainder = readRemainder(read(facts), divisor);
    return remainder >= 0 && remainder < below;
  };
}
