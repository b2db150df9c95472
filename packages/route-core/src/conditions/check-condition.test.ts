import { describe, expect, it } from 'vitest';
import { createDecisionEnv } from '../decision-env.ts';
import type { Condition, Operand, PortionRecord } from '../routing-records.ts';
import { checkCondition } from './check-condition.ts';
import { compileCondition } from './compile-condition.ts';
import { Facts } from './facts.ts';

const header: Operand = { from: 'header', name: 'x' };
const user: Operand = { from: 'user' };
const leaf: Condition = { op: 'exists', operand: header };
const portion: PortionRecord = { unit: { by: 'user' }, share: 10, salt: 's' };

const nested = (depth: number): Condition => {
  let condition: Condition = leaf;
  for (let i = 1; i < depth; i++) condition = { op: 'not', of: condition };
  return condition;
};
const wide = (count: number): Condition => ({ op: 'all', of: new Array<Condition>(count - 1).fill(leaf) });

describe('what can be saved', () => {
  it.each<[string, Condition]>([
    ['the deepest tree', nested(32)],
    ['the largest tree', wide(200)],
    ['an empty header', { op: 'equals', operand: header, value: '' }],
    ['the longest list', { op: 'in', operand: header, values: new Array(500).fill('a') }],
    ['the longest range', { op: 'semver', operand: header, range: `1${' '.repeat(255)}` }],
    ['no range', { op: 'semver', operand: header, range: '' }],
    ['the largest divisor', { op: 'modulo', operand: user, divisor: 1_000_000, below: 1_000_000 }],
    ['the smallest divisor', { op: 'modulo', operand: user, divisor: 1, below: 0 }],
    ['all of a day', { op: 'time', fromMinute: 0, untilMinute: 1440 }],
    ['all days', { op: 'time', days: [1, 7] }],
    ['instants', { op: 'time', from: '2026-01-01T00:00Z', until: '2026-01-01T00:00:00.001+00:00' }],
    ['an instant to begin with', { op: 'time', from: '2026-01-01T00:00Z' }],
    ['an instant to end with', { op: 'time', until: '2026-01-01T00:00Z' }],
    ['a header to count by', { op: 'percentage', portion: { ...portion, unit: { by: 'header', name: 'x' } } }],
    ['everybody', { op: 'percentage', portion: { ...portion, share: 10_000 } }],
    ['nobody', { op: 'percentage', portion: { ...portion, share: 0 } }],
    [
      'draws',
      {
        op: 'any',
        of: [
          { op: 'random', below: 0 },
          { op: 'random', below: 1 },
        ],
      },
    ],
    ['texts', { op: 'contains', operand: header, value: '' }],
    ['an expression', { op: 'cel', expression: "user == 'u1'" }],
  ])('%s', (_, condition) => {
    expect(checkCondition(condition, 'when')).toEqual([]);
  });
});

describe('what cannot be saved, and where', () => {
  it.each<[Condition, string, string]>([
    [nested(33), 'when', 'is nested more than 32 deep'],
    [wide(201), 'when', 'has more than 200 parts'],
    [{ op: 'exists', operand: { from: 'claim', name: '' } }, 'when.operand.name', 'is empty'],
    [{ op: 'equals', operand: user, value: '' }, 'when.value', 'is empty; an empty value counts as missing'],
    [{ op: 'equals', operand: header, value: Number.NaN }, 'when.value', 'is no number'],
    [{ op: 'in', operand: header, values: [] }, 'when.values', 'is empty'],
    [{ op: 'in', operand: user, values: ['a', ''] }, 'when.values[1]', 'is empty; an empty value counts as missing'],
    [{ op: 'in', operand: header, values: new Array(501).fill('a') }, 'when.values', 'has more than 500 entries'],
    [{ op: 'matches', operand: header, pattern: 'a{1000}' }, 'when.pattern', 'repeats too much'],
    [{ op: 'less', operand: header, value: Number.POSITIVE_INFINITY }, 'when.value', 'is no number'],
    [{ op: 'greater_or_equal', operand: header, value: Number.NaN }, 'when.value', 'is no number'],
    [{ op: 'less_or_equal', operand: header, value: Number.NaN }, 'when.value', 'is no number'],
    [{ op: 'greater', operand: header, value: Number.NaN }, 'when.value', 'is no number'],
    [{ op: 'semver', operand: header, range: 'banana' }, 'when.range', 'is no range of versions'],
    [{ op: 'semver', operand: header, range: ' '.repeat(257) }, 'when.range', 'is longer than 256 characters'],
    [{ op: 'cidr', operand: header, networks: [] }, 'when.networks', 'is empty'],
    [
      { op: 'cidr', operand: header, networks: ['::1', '10.0.0.0/33'] },
      'when.networks[1]',
      'is no address or network: 10.0.0.0/33',
    ],
    [{ op: 'modulo', operand: user, divisor: 0, below: 0 }, 'when.divisor', 'is no whole number from 1 to 1000000'],
    [
      { op: 'modulo', operand: user, divisor: 1_000_001, below: 0 },
      'when.divisor',
      'is no whole number from 1 to 1000000',
    ],
    [{ op: 'modulo', operand: user, divisor: 2.5, below: 0 }, 'when.divisor', 'is no whole number from 1 to 1000000'],
    [{ op: 'modulo', operand: user, divisor: 10, below: 11 }, 'when.below', 'is no whole number from 0 to 10'],
    [{ op: 'modulo', operand: user, divisor: 10, below: -1 }, 'when.below', 'is no whole number from 0 to 10'],
    [{ op: 'time', from: '2026-02-29T00:00:00Z' }, 'when.from', 'is no instant with a time zone'],
    [{ op: 'time', until: '2026-01-01T00:00:00' }, 'when.until', 'is no instant with a time zone'],
    [
      { op: 'time', from: '2026-01-01T01:00:00Z', until: '2026-01-01T02:00:00+01:00' },
      'when.until',
      'is not after "from"',
    ],
    [{ op: 'time', days: [] }, 'when.days', 'is empty'],
    [{ op: 'time', days: [1, 8] }, 'when.days[1]', 'is no day from 1 (Monday) to 7 (Sunday)'],
    [{ op: 'time', days: [0] }, 'when.days[0]', 'is no day from 1 (Monday) to 7 (Sunday)'],
    [{ op: 'time', fromMinute: -1 }, 'when.fromMinute', 'is no minute from 0 to 1440'],
    [{ op: 'time', untilMinute: 1441 }, 'when.untilMinute', 'is no minute from 0 to 1440'],
    [{ op: 'time', fromMinute: 60, untilMinute: 60 }, 'when.untilMinute', 'is the same as "fromMinute"'],
    [
      { op: 'percentage', portion: { ...portion, share: 10_001 } },
      'when.portion.share',
      'is no whole number of basis points from 0 to 10000',
    ],
    [{ op: 'percentage', portion: { ...portion, salt: '' } }, 'when.portion.salt', 'is empty'],
    [
      { op: 'percentage', portion: { ...portion, unit: { by: 'header', name: '' } } },
      'when.portion.unit.name',
      'is empty',
    ],
    [{ op: 'random', below: 1.01 }, 'when.below', 'is not from 0 to 1'],
    [{ op: 'random', below: -0.01 }, 'when.below', 'is not from 0 to 1'],
    [{ op: 'random', below: Number.NaN }, 'when.below', 'is not from 0 to 1'],
    [{ op: 'nothing' } as unknown as Condition, 'when.op', 'is no kind of condition: nothing'],
  ])('%j', (condition, path, message) => {
    expect(checkCondition(condition, 'when')).toEqual([{ path, message }]);
  });

  it('leads through the parts, and names every fault', () => {
    const condition: Condition = {
      op: 'any',
      of: [leaf, { op: 'not', of: { op: 'all', of: [leaf, { op: 'random', below: 2 }] } }, { op: 'random', below: 3 }],
    };
    expect(checkCondition(condition, 'rules[3].when').map((fault) => fault.path)).toEqual([
      'rules[3].when.of[1].of.of[1].below',
      'rules[3].when.of[2].below',
    ]);
  });

  it('gives line and column of what is wrong in an expression', () => {
    expect(checkCondition({ op: 'cel', expression: "user == 'u1' &&\n  nobody == 'x'" }, 'when')).toEqual([
      {
        path: 'when.expression',
        message: 'line 2, column 3: the expression names "nobody", which no request has',
      },
    ]);
  });
});

describe('bombs', () => {
  const facts = new Facts('acme', {}, createDecisionEnv());

  it('of nested conditions are refused and never hold', () => {
    for (const bomb of [nested(100_000), wide(100_000), { op: 'all', of: [nested(100_000)] } as Condition]) {
      expect(checkCondition(bomb, 'when')).toHaveLength(1);
      expect(compileCondition(bomb).test(facts)).toBe(false);
      expect(compileCondition(bomb).trace(facts).passed).toBe(false);
    }
    // Two hundred thousand times `not` would else be true.
    expect(compileCondition(nested(33)).test(facts)).toBe(false);
    expect(compileCondition(nested(32)).test(facts)).toBe(true);
  });

  it.each([100_000, 4000])('of %i characters in an expression are refused and never hold', (length) => {
    const texts = [
      '(',
      '[',
      '{',
      '!',
      '-',
      '! ',
      '- ',
      'f(',
      'a.',
      'user.b',
      'user[',
      '1+',
      'true&&',
      'true||!',
      'true?',
      "'",
      '"""',
      '//',
      '\\',
      '\n',
    ].map((piece) => piece.repeat(length / piece.length));
    const balanced = ['(', '['].map(
      (open) => `${open.repeat(length / 2)}1${(open === '(' ? ')' : ']').repeat(length / 2)}`,
    );
    const chains = [
      `user${'.b'.repeat(length / 2 - 2)}`,
      `1${'+1'.repeat(length / 2 - 1)}`,
      `user${'[0]'.repeat(length / 3 - 2)}`,
      `${'true?true:'.repeat(length / 10)}1`,
    ];
    for (const expression of [...texts, ...balanced, ...chains]) {
      const faults = checkCondition({ op: 'cel', expression }, 'when');
      expect(faults, expression.slice(0, 10)).toEqual([{ path: 'when.expression', message: expect.any(String) }]);
      expect(compileCondition({ op: 'cel', expression }).test(facts)).toBe(false);
    }
  });

  it('of loops within loops are refused by what they would cost', () => {
    const list = '[1,2,3,4,5,6,7,8,9,10]';
    const loop = (depth: number): string => (depth === 0 ? 'true' : `${list}.all(i${depth}, ${loop(depth - 1)})`);
    expect(checkCondition({ op: 'cel', expression: loop(3) }, 'when')).toEqual([]);
    const message = 'line 1, column 23: the expression takes too many steps';
    expect(checkCondition({ op: 'cel', expression: loop(4) }, 'when')).toEqual([{ path: 'when.expression', message }]);
    expect(checkCondition({ op: 'cel', expression: 'claims.a.all(x, claims.b.all(y, x == y))' }, 'when')).toHaveLength(
      1,
    );
    expect(checkCondition({ op: 'cel', expression: 'claims.a.all(x, x != 1)' }, 'when')).toEqual([]);
  });

  it('leave long chains of && and || alone, which are lists of conditions', () => {
    const expression = new Array(500).fill('true').join('&&');
    expect(checkCondition({ op: 'cel', expression }, 'when')).toEqual([]);
    expect(compileCondition({ op: 'cel', expression }).test(facts)).toBe(true);
    const mixed = new Array(250).fill('size(user)>9').join('||');
    expect(compileCondition({ op: 'cel', expression: mixed }).test(facts)).toBe(false);
  });
});
