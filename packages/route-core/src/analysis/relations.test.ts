import { describe, expect, it } from 'vitest';
import type { TimeCondition } from '../conditions/match-time.ts';
import { GREATEST_DIVISOR } from '../conditions/read-number.ts';
import type { Condition, Operand } from '../routing-records.ts';
import type { Leaf } from './leaf.ts';
import { areDisjoint, isAlways, isImplied, isNever } from './leaf-relations.ts';
import { isTimeApart, isTimeNever, isTimeWithin } from './time-relations.ts';

const operand: Operand = { from: 'header', name: 'x' };
const leaf = (condition: Condition): Leaf => condition as Leaf;

describe('two sizes', () => {
  const OPS = ['less', 'less_or_equal', 'greater', 'greater_or_equal'] as const;
  const GRID = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5];
  const holds = (op: (typeof OPS)[number], value: number, n: number): boolean =>
    op === 'less' ? n < value : op === 'less_or_equal' ? n <= value : op === 'greater' ? n > value : n >= value;
  const sizes = OPS.flatMap((op) => [1, 2, 3].map((value) => ({ op, value })));
  const pairs = sizes.flatMap((x) => sizes.map((y) => [x.op, x.value, y.op, y.value] as const));

  it.each(pairs)('%s %d and %s %d: implied and apart exactly where they are', (op, value, otherOp, otherValue) => {
    const [x, y] = [leaf({ op, operand, value }), leaf({ op: otherOp, operand, value: otherValue })];
    const numbers = GRID.filter((n) => holds(op, value, n));
    expect(isImplied(x, y)).toBe(numbers.every((n) => holds(otherOp, otherValue, n)));
    expect(areDisjoint(x, y)).toBe(!numbers.some((n) => holds(otherOp, otherValue, n)));
  });
});

describe('two times', () => {
  const [JAN, FEB, MAR] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'] as const;
  const windows: readonly Omit<TimeCondition, 'op'>[] = [
    {},
    { from: JAN },
    { until: JAN },
    { from: FEB },
    { until: FEB },
    { from: JAN, until: FEB },
    { from: FEB, until: MAR },
    { days: [1, 2] },
    { days: [2, 3] },
    { days: [6] },
    { fromMinute: 60 },
    { untilMinute: 60 },
    { fromMinute: 30, untilMinute: 90 },
    { fromMinute: 0, untilMinute: 1440 },
    { fromMinute: 1380, untilMinute: 60 },
    { fromMinute: 1410, untilMinute: 30 },
    { days: [1], fromMinute: 60, untilMinute: 120, from: JAN },
  ];
  const instants = [JAN, FEB, MAR].flatMap((text) => [Date.parse(text) - 1, Date.parse(text)]);
  const moments = instants.flatMap((at) =>
    [1, 2, 3, 6].flatMap((day) =>
      [0, 29, 30, 59, 60, 89, 90, 119, 120, 1379, 1380, 1409, 1410, 1439].map((minute) => ({ at, day, minute })),
    ),
  );
  type Moment = (typeof moments)[number];

  /** As if instant, day and minute had nothing to do with one another, which is how they are compared. */
  const isOpen = (
    { from, until, days, fromMinute, untilMinute }: Omit<TimeCondition, 'op'>,
    moment: Moment,
  ): boolean => {
    const [first, last] = [fromMinute ?? 0, untilMinute ?? 1440];
    const isInMinutes =
      first <= last ? moment.minute >= first && moment.minute < last : moment.minute >= first || moment.minute < last;
    return (
      (from === undefined || moment.at >= Date.parse(from)) &&
      (until === undefined || moment.at < Date.parse(until)) &&
      (days === undefined || days.includes(moment.day)) &&
      isInMinutes
    );
  };

  for (const [i, one] of windows.entries()) {
    it(`${JSON.stringify(one)} is within or apart from each other one exactly where it is`, () => {
      for (const other of windows.slice(0, windows.length)) {
        const [x, y]: [TimeCondition, TimeCondition] = [
          { op: 'time', ...one },
          { op: 'time', ...other },
        ];
        const open = moments.filter((moment) => isOpen(one, moment));
        const what = `${i}: ${JSON.stringify(other)}`;
        expect(isTimeApart(x, y), what).toBe(!open.some((moment) => isOpen(other, moment)));
        if (isTimeWithin(x, y))
          expect(
            open.every((moment) => isOpen(other, moment)),
            what,
          ).toBe(true);
        expect(isTimeWithin(x, x)).toBe(true);
      }
    });
  }

  it.each<[Omit<TimeCondition, 'op'>, boolean]>([
    [{}, false],
    [{ from: JAN, until: JAN }, true],
    [{ from: FEB, until: JAN }, true],
    [{ from: JAN, until: FEB }, false],
    [{ from: 'no instant' }, true],
    [{ days: [] }, true],
    [{ days: [8] }, true],
    [{ days: [7] }, false],
    [{ fromMinute: 60, untilMinute: 60 }, true],
    [{ fromMinute: 1440 }, true],
    [{ fromMinute: 1439 }, false],
    [{ untilMinute: 0 }, true],
    [{ fromMinute: 1440, untilMinute: 0 }, true],
    [{ fromMinute: 1380, untilMinute: 0 }, false],
  ])('%j is never open: %s', (window, isShut) => {
    expect(isTimeNever({ op: 'time', ...window })).toBe(isShut);
    expect(isNever(leaf({ op: 'time', ...window }))).toBe(isShut);
  });
});

describe('what no request makes true', () => {
  const unit = { by: 'user' } as const;

  it.each<[Condition, boolean]>([
    [{ op: 'matches', operand, pattern: '(' }, true],
    [{ op: 'matches', operand, pattern: 'a' }, false],
    [{ op: 'semver', operand, range: 'none' }, true],
    [{ op: 'semver', operand, range: '>=1' }, false],
    [{ op: 'cidr', operand, networks: ['none'] }, true],
    [{ op: 'cidr', operand, networks: ['none', '10.0.0.0/8'] }, false],
    [{ op: 'modulo', operand, divisor: 10, below: 0 }, true],
    [{ op: 'modulo', operand, divisor: 10, below: 1 }, false],
    [{ op: 'modulo', operand, divisor: 0, below: 1 }, true],
    [{ op: 'modulo', operand, divisor: -5, below: 1 }, true],
    [{ op: 'modulo', operand, divisor: 1, below: 1 }, false],
    [{ op: 'modulo', operand, divisor: 1.5, below: 1 }, true],
    [{ op: 'modulo', operand, divisor: GREATEST_DIVISOR, below: 1 }, false],
    [{ op: 'modulo', operand, divisor: GREATEST_DIVISOR + 1, below: 1 }, true],
    [{ op: 'percentage', portion: { unit, share: 0, salt: 's' } }, true],
    [{ op: 'percentage', portion: { unit, share: 1, salt: 's' } }, false],
    [{ op: 'random', below: 0 }, true],
    [{ op: 'random', below: 0.1 }, false],
    [{ op: 'in', operand, values: [] }, true],
    [{ op: 'in', operand, values: ['a'] }, false],
    [{ op: 'exists', operand }, false],
    [{ op: 'contains', operand, value: '' }, false],
  ])('%j: %s', (condition, never) => {
    expect(isNever(leaf(condition))).toBe(never);
  });

  it('is not what every request makes true', () => {
    expect([0.5, 1].map((below) => isAlways(leaf({ op: 'random', below })))).toEqual([false, true]);
    expect(isAlways(leaf({ op: 'time' }))).toBe(true);
    expect(isAlways(leaf({ op: 'time', days: [1] }))).toBe(false);
    expect(isAlways(leaf({ op: 'exists', operand }))).toBe(false);
  });
});

describe('two leaves', () => {
  const ends = (value: string): Leaf => leaf({ op: 'ends_with', operand, value });
  const starts = (value: string): Leaf => leaf({ op: 'starts_with', operand, value });
  const contains = (value: string): Leaf => leaf({ op: 'contains', operand, value });
  const inside = (...networks: string[]): Leaf => leaf({ op: 'cidr', operand, networks });
  const modulo = (divisor: number, below: number): Leaf => leaf({ op: 'modulo', operand, divisor, below });
  const portion = (share: number, name = 'a', salt = 's', by: 'header' | 'cookie' = 'header'): Leaf =>
    leaf({ op: 'percentage', portion: { unit: { by, name }, share, salt } });

  it.each<[Leaf, Leaf, boolean]>([
    [starts('ab'), starts('a'), true],
    [starts('a'), starts('ab'), false],
    [ends('ba'), ends('a'), true],
    [ends('a'), ends('ba'), false],
    [ends('ab'), starts('a'), false],
    [starts('ab'), contains('b'), true],
    [ends('ab'), contains('b'), true],
    [contains('ab'), contains('b'), true],
    [contains('b'), contains('ab'), false],
    [starts('ab'), ends('b'), false],
    [contains('a'), starts('a'), false],
    [modulo(10, 2), modulo(10, 2), true],
    [modulo(10, 2), modulo(10, 3), true],
    [modulo(10, 3), modulo(10, 2), false],
    [modulo(10, 2), modulo(9, 3), false],
    [modulo(10, 2), contains('1'), false],
    [inside('10.0.0.0/9'), inside('10.0.0.0/8'), true],
    [inside('10.0.0.0/8'), inside('10.0.0.0/8', '11.0.0.0/8'), true],
    [inside('10.0.0.0/8', '11.0.0.0/8'), inside('10.0.0.0/8'), false],
    [inside('10.0.0.0/8'), starts('10.'), false],
    [portion(10), portion(10), true],
    [portion(10), portion(11), true],
    [portion(11), portion(10), false],
    [portion(10), portion(11, 'b'), false],
    [portion(10), portion(11, 'a', 't'), false],
    [portion(10), portion(11, 'a', 's', 'cookie'), false],
  ])('%j implies %j: %s', (by, implied, isShown) => {
    expect(isImplied(by, implied)).toBe(isShown);
  });

  it.each<[Leaf, Leaf, boolean]>([
    [starts('a'), starts('b'), true],
    [starts('a'), starts('ab'), false],
    [starts('ba'), starts('a'), true],
    [ends('a'), ends('b'), true],
    [ends('ab'), ends('b'), false],
    [ends('b'), ends('ab'), false],
    [ends('a'), starts('b'), false],
    [contains('a'), contains('b'), false],
    [inside('10.0.0.0/8'), inside('11.0.0.0/8'), true],
    [inside('10.0.0.0/8'), inside('10.1.0.0/16'), false],
    [inside('10.1.0.0/16'), inside('11.0.0.0/8', '10.0.0.0/8'), false],
    [inside('10.0.0.0/8'), inside('2001:db8::/32'), true],
    [inside('2001:db8::/33'), inside('2001:db8:8000::/33'), true],
    [inside('2001:db8::/32'), inside('2001:db8:8000::/33'), false],
    [inside('10.0.0.0/8'), starts('11.'), false],
  ])('%j excludes %j: %s', (x, y, isShown) => {
    expect(areDisjoint(x, y)).toBe(isShown);
    expect(areDisjoint(y, x)).toBe(isShown);
  });
});
