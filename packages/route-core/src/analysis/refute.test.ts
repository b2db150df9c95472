import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, Facts } from '../conditions/index.ts';
import { createDecisionEnv } from '../decision-env.ts';
import type { Condition, Operand } from '../routing-records.ts';
import { clock, condition, metadata } from '../testing/request-arbitraries.ts';
import type { Formula } from './leaf.ts';
import { areContradictory, isFormulaImplied } from './refute.ts';

const x: Operand = { from: 'header', name: 'X-A' };
const ip: Operand = { from: 'client_ip' };
const is = (value: string | number | boolean): Condition => ({ op: 'equals', operand: x, value });
const oneOf = (...values: (string | number | boolean)[]): Condition => ({ op: 'in', operand: x, values });
const size = (op: 'less' | 'less_or_equal' | 'greater' | 'greater_or_equal', value: number): Condition => ({
  op,
  operand: x,
  value,
});
const text = (op: 'starts_with' | 'ends_with' | 'contains', value: string): Condition => ({ op, operand: x, value });
const inside = (...networks: string[]): Condition => ({ op: 'cidr', operand: ip, networks });
const all = (...of: Condition[]): Condition => ({ op: 'all', of });
const any = (...of: Condition[]): Condition => ({ op: 'any', of });
const not = (of: Condition): Condition => ({ op: 'not', of });
const exists: Condition = { op: 'exists', operand: { from: 'header', name: 'x-a' } };
const portion = (share: number, salt = 's'): Condition => ({
  op: 'percentage',
  portion: { unit: { by: 'user' }, share, salt },
});
const cel = (expression: string): Condition => ({ op: 'cel', expression });
const semver = (range: string): Condition => ({ op: 'semver', operand: x, range });
const time = (window: object): Condition => ({ op: 'time', ...window });
const modulo = (divisor: number, below: number): Condition => ({ op: 'modulo', operand: x, divisor, below });

describe('what is shown', () => {
  it('holds for every request', () => {
    let shown = 0;
    fc.assert(
      fc.property(
        condition,
        condition,
        fc.array(fc.tuple(metadata, clock), { minLength: 20, maxLength: 20 }),
        (one, other, requests) => {
          const [a, b] = [one, other].map((c) => compileCondition(c));
          const excludes = areContradictory([one as Formula, other as Formula]);
          const implies = isFormulaImplied(one as Formula, other as Formula);
          if (excludes || implies) shown++;
          for (const [request, now] of requests) {
            // Draws of one half: what is drawn again must be taken for different each time.
            for (const draw of [0, 0.6]) {
              const env = createDecisionEnv({ now: () => now, random: () => draw });
              const other = createDecisionEnv({ now: () => now, random: () => 0.6 - draw });
              if (!a!.test(new Facts('t', request, env))) continue;
              const isOther = b!.test(new Facts('t', request, other));
              if (implies) expect(isOther, 'implied').toBe(true);
              if (excludes) expect(isOther, 'excluded').toBe(false);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(shown).toBeGreaterThan(0);
  }, 60_000);
});

describe('implied', () => {
  it.each<[string, Condition, Condition]>([
    ['itself', is('a'), is('a')],
    ['another spelling of the header', is('a'), { op: 'equals', operand: { from: 'header', name: 'x-A' }, value: 'a' }],
    ['one part of all', all(is('a'), inside('10.0.0.0/8')), is('a')],
    ['all parts, in another order', all(is('a'), inside('::1')), all(inside('::1'), is('a'))],
    ['any with it', is('a'), any(is('b'), is('a'))],
    ['each side of any', any(is('a'), is('b')), oneOf('a', 'b', 'c')],
    ['a list within a list', oneOf('a', 5), oneOf(5, 'b', 'a')],
    ['a value by its list', is('a'), oneOf('a', 'b')],
    ['a list by its values', oneOf('a', 'b'), any(is('b'), is('a'))],
    ['presence by a value', is('a'), exists],
    ['presence by a size', size('less', 3), exists],
    ['presence by a network', inside('10.0.0.0/8'), { op: 'exists', operand: ip }],
    ['the wider size', size('less', 3), size('less_or_equal', 3)],
    ['the lower limit', size('greater_or_equal', 5), size('greater', 4)],
    ['a size by a number', is(5), size('greater', 4)],
    ['a size by a text', is('5.0'), size('greater', 4)],
    ['a number by a text', is('5.0'), is(5)],
    ['the list with the number', is(5), oneOf('x', 5)],
    ['a boolean by its word', is('true'), is(true)],
    ['the shorter start', text('starts_with', '/api/v1'), text('starts_with', '/api')],
    ['the shorter end', text('ends_with', '.example.com'), text('ends_with', '.com')],
    ['a part of the start', text('starts_with', '/api/v1'), text('contains', 'api')],
    ['a part of the end', text('ends_with', '.example.com'), text('contains', 'example')],
    ['a part of the part', text('contains', 'abc'), text('contains', 'b')],
    ['a start by a value', is('/api'), text('starts_with', '/')],
    ['a regex by a value', is('abc'), { op: 'matches', operand: x, pattern: '^a.c$' }],
    ['the same regex', { op: 'matches', operand: x, pattern: 'a+' }, { op: 'matches', operand: x, pattern: 'a+' }],
    ['the wider network', inside('10.1.0.0/16', '10.2.3.4'), inside('10.0.0.0/8')],
    ['the mapped network', inside('::ffff:10.1.0.0/112'), inside('10.0.0.0/8')],
    ['a network by an address', { op: 'equals', operand: ip, value: '10.9.9.9' }, inside('10.0.0.0/8')],
    ['the wider v6 network', inside('2001:db8:1::/48'), inside('2001:db8::/32')],
    ['the same range', semver('^1.2'), semver('^1.2')],
    ['a range by a version', is('v1.3'), semver('^1.2')],
    ['the greater portion', portion(1000), portion(2000)],
    ['the greater remainder', modulo(10, 2), modulo(10, 3)],
    [
      'the longer time',
      time({ from: '2026-02-01T00:00:00Z', until: '2026-03-01T00:00:00Z', days: [1] }),
      time({ from: '2026-01-01T00:00:00Z', days: [1, 2] }),
    ],
    ['the longer hours', time({ fromMinute: 60, untilMinute: 120 }), time({ fromMinute: 1380, untilMinute: 300 })],
    ['anything by a time without limits', is('a'), time({})],
    ['the same CEL', cel('a == 1'), cel('a == 1')],
    ['the opposite of what excludes it', is('a'), not(is('b'))],
    ['the opposite of the narrower', not(oneOf('a', 'b')), not(is('a'))],
    ['twice not', is('a'), not(not(is('a')))],
    ['by De Morgan', not(any(is('a'), is('b'))), all(not(is('a')), not(is('b')))],
    ['a draw below 1', is('a'), { op: 'random', below: 1 }],
    ['anything by a contradiction', all(is('a'), is('b')), is('c')],
    ['all of nothing', is('a'), all()],
  ])('%s', (_what, by, goal) => {
    expect(isFormulaImplied(by as Formula, goal as Formula)).toBe(true);
  });
});

describe('not implied', () => {
  it.each<[string, Condition, Condition]>([
    ['another value', is('a'), is('b')],
    ['another operand', is('a'), { op: 'equals', operand: { from: 'user' }, value: 'a' }],
    [
      'a header by a cookie of its name',
      { op: 'equals', operand: { from: 'cookie', name: 'X-A' }, value: 'a' },
      is('a'),
    ],
    [
      'a cookie in another case',
      { op: 'exists', operand: { from: 'cookie', name: 'a' } },
      { op: 'exists', operand: { from: 'cookie', name: 'A' } },
    ],
    ['a text by a number, which is written in many ways', is(5), is('5')],
    ['a remainder by a number, which may be written as 5.0', is(5), modulo(10, 6)],
    ['the narrower list', oneOf('a', 'b'), is('a')],
    ['the narrower size', size('less_or_equal', 3), size('less', 3)],
    ['the other direction', size('less', 3), size('greater', 1)],
    ['the longer start', text('starts_with', '/api'), text('starts_with', '/api/v1')],
    ['a part across the start', text('starts_with', 'ab'), text('contains', 'bc')],
    ['the narrower network', inside('10.0.0.0/8'), inside('10.0.0.0/9')],
    ['two networks by one of them', inside('10.0.0.0/8', '::1'), inside('10.0.0.0/8')],
    ['v4 by v6', inside('::/0'), inside('0.0.0.0/0')],
    ['a portion with another salt', portion(1000, 'other'), portion(2000)],
    ['the smaller portion', portion(2000), portion(1000)],
    [
      'a portion of another unit',
      { op: 'percentage', portion: { unit: { by: 'session' }, share: 1, salt: 's' } },
      portion(2000),
    ],
    ['another divisor', modulo(10, 2), modulo(5, 2)],
    ['another range', semver('^1.2'), semver('^1.3')],
    ['the shorter time', time({ from: '2026-01-01T00:00:00Z' }), time({ from: '2026-01-01T00:00:01Z' })],
    ['a day more', time({ days: [1, 2] }), time({ days: [1] })],
    ['other hours', time({ fromMinute: 1380, untilMinute: 300 }), time({ fromMinute: 0, untilMinute: 300 })],
    ['the same draw', { op: 'random', below: 0.5 }, { op: 'random', below: 0.5 }],
    ['the same draw in CEL', cel('random() < 0.5'), cel('random() < 0.5')],
    ['other CEL', cel('a == 1'), cel('a == 2')],
    ['a size by what is not less', not(size('less', 3)), size('greater_or_equal', 3)],
    ['one side of any', any(is('a'), is('b')), is('a')],
    ['any of nothing', is('a'), any()],
  ])('%s', (_what, by, goal) => {
    expect(isFormulaImplied(by as Formula, goal as Formula)).toBe(false);
  });
});

describe('contradictory', () => {
  it.each<[string, Condition]>([
    ['two values', all(is('a'), is('b'))],
    ['lists without a common value', all(oneOf('a', 'b'), oneOf('c', 5))],
    ['sizes that do not meet', all(size('less', 3), size('greater_or_equal', 3))],
    ['a number out of the size', all(is(5), size('greater', 5))],
    ['a text out of the size', all(is('4'), size('greater', 5))],
    ['a start that the value has not', all(is('abc'), text('starts_with', 'b'))],
    ['two starts', all(text('starts_with', 'ab'), text('starts_with', 'ac'))],
    ['two ends', all(text('ends_with', 'ba'), text('ends_with', 'ca'))],
    ['networks apart', all(inside('10.0.0.0/8'), inside('11.0.0.0/8', '::/0'))],
    ['a condition and its opposite', all(is('a'), not(is('a')))],
    ['CEL and its opposite', all(cel('a == 1'), not(cel('a == 1')))],
    ['a value without presence', all(is('a'), not(exists))],
    ['a list of nothing', oneOf()],
    ['any of nothing', any()],
    ['no network that is one', inside('10.0.0.0/33', 'nonsense')],
    ['no version range', semver('not a range')],
    ['a regex that is none', { op: 'matches', operand: x, pattern: '(' }],
    ['a portion of nothing', portion(0)],
    ['a draw below nothing', { op: 'random', below: 0 }],
    ['not a draw below 1', not({ op: 'random', below: 1 })],
    ['no remainder', modulo(10, 0)],
    ['no divisor', modulo(0, 1)],
    ['a method in small letters', { op: 'equals', operand: { from: 'method' }, value: 'get' }],
    ['a path with a query', { op: 'equals', operand: { from: 'path' }, value: '/a?b' }],
    ['an empty user', { op: 'equals', operand: { from: 'user' }, value: '' }],
    ['a time that ends before it begins', time({ from: '2026-02-01T00:00:00Z', until: '2026-02-01T00:00:00Z' })],
    ['a time that names no instant', time({ from: '2026-02-30T00:00:00Z' })],
    ['a time on no day', time({ days: [] })],
    ['a time of no minutes', time({ fromMinute: 60, untilMinute: 60 })],
    ['a time after the day', time({ fromMinute: 1440 })],
    ['times apart', all(time({ until: '2026-01-01T00:00:00Z' }), time({ from: '2026-01-01T00:00:00Z' }))],
    ['days apart', all(time({ days: [1] }), time({ days: [2, 3] }))],
    ['hours apart', all(time({ fromMinute: 1380, untilMinute: 60 }), time({ fromMinute: 60, untilMinute: 1380 }))],
    ['a list of which each value is ruled out', all(oneOf('a', 5), not(is('a')), size('less', 4))],
    ['on both sides of any', all(is('a'), any(is('b'), all(is('c'), inside('::1'))))],
  ])('%s', (_what, of) => {
    expect(areContradictory([of as Formula])).toBe(true);
  });

  it.each<[string, Condition]>([
    ['a number and the text of it', all(is(5), is('5'))],
    ['sizes that meet in one number', all(size('less_or_equal', 3), size('greater_or_equal', 3))],
    ['a start and an end', all(text('starts_with', 'ab'), text('ends_with', 'ba'))],
    ['starts of one another', all(text('starts_with', 'ab'), text('starts_with', 'abc'))],
    ['overlapping networks', all(inside('10.0.0.0/8'), inside('10.1.0.0/16'))],
    ['two draws', all({ op: 'random', below: 0.5 }, not({ op: 'random', below: 0.5 }))],
    ['two times of the day', all(time({ fromMinute: 0, untilMinute: 61 }), time({ fromMinute: 60, untilMinute: 62 }))],
    ['an empty header', is('')],
    ['absence', not(exists)],
    ['all of nothing', all()],
  ])('nothing is against %s', (_what, of) => {
    expect(areContradictory([of as Formula])).toBe(false);
  });

  it.each<Operand>([
    { from: 'header', name: 'x' },
    { from: 'cookie', name: 'x' },
    { from: 'query', name: 'x' },
    { from: 'attribute', name: 'x' },
    { from: 'claim', name: 'x' },
  ])('nothing is against an empty $from', (operand) => {
    expect(areContradictory([{ op: 'equals', operand, value: '' }])).toBe(false);
  });

  it.each(['path', 'method', 'user', 'session', 'tenant', 'token', 'client_ip', 'region', 'tag'] as const)(
    'an empty %s is none, another one is one',
    (from) => {
      expect(areContradictory([{ op: 'equals', operand: { from }, value: '' }])).toBe(true);
      expect(areContradictory([{ op: 'equals', operand: { from }, value: 'GET' }])).toBe(false);
    },
  );

  it('knows how booleans are written', () => {
    expect(areContradictory([is(true) as Formula])).toBe(false);
    expect(areContradictory([is(true) as Formula, is('yes') as Formula])).toBe(true);
    expect(areContradictory([is(true) as Formula, is('true') as Formula])).toBe(false);
    expect(isFormulaImplied(is(true) as Formula, oneOf('x', true) as Formula)).toBe(true);
    expect(isFormulaImplied(is(true) as Formula, is('true') as Formula)).toBe(false);
    expect(isFormulaImplied(is(true) as Formula, oneOf('true', 'x') as Formula)).toBe(false);
  });

  it('knows which questions see only the number', () => {
    const clash = (x: Condition, y: Condition) => areContradictory([x as Formula, y as Formula]);
    expect(clash(is(5), oneOf(6, 7))).toBe(true);
    expect(clash(is(5), is(6))).toBe(true);
    expect(clash(is(5), oneOf(6, '5'))).toBe(false);
    expect(clash(oneOf(5, 6), text('starts_with', '5'))).toBe(false);
    expect(clash(oneOf(5, 'a'), size('less', 3))).toBe(true);
    expect(clash(oneOf(5, 'a'), size('less', 6))).toBe(false);
    expect(clash(oneOf('5', 'a'), text('starts_with', 'b'))).toBe(true);
    expect(clash(oneOf('5', 'a'), text('starts_with', 'a'))).toBe(false);
  });

  it('follows several forks, also of what is not true', () => {
    const address: Condition = { op: 'exists', operand: ip };
    const wide = any(is('c'), address, is('d'));
    const narrow = not(all(is('c'), exists));
    for (const forks of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      expect(areContradictory([is('c'), ...forks] as Formula[])).toBe(true);
      expect(areContradictory([is('d'), ...forks] as Formula[])).toBe(false);
    }
    const other = not(all(address, not(is('a'))));
    expect(areContradictory([any(is('b'), is('c')), address, other, exists] as Formula[])).toBe(true);
    expect(areContradictory([any(is('b'), is('a')), address, other, exists] as Formula[])).toBe(false);
    const either = not(all(not(is('a')), not(inside('::1'))));
    expect(areContradictory([not(all(is('a'), exists)), either, not(address)] as Formula[])).toBe(true);
    expect(areContradictory([not(all(is('a'), address)), either, not(address)] as Formula[])).toBe(false);
  });

  it('goes through the values of short lists only', () => {
    const list = (count: number) => oneOf(...Array.from({ length: count }, (_, i) => `v${i}`));
    const without = (count: number) => Array.from({ length: count }, (_, i) => not(is(`v${i}`)));
    expect(areContradictory([list(32), ...without(32)] as Formula[])).toBe(true);
    expect(areContradictory([list(32), ...without(31)] as Formula[])).toBe(false);
    expect(areContradictory([list(33), ...without(33)] as Formula[])).toBe(false);
    expect(areContradictory([oneOf(1, 2), not(is(1)), not(is(2))] as Formula[])).toBe(true);
    expect(areContradictory([oneOf(1, 2), not(is(1)), not(is(3))] as Formula[])).toBe(false);
  });

  it('spends no more steps than it is given', () => {
    const claims = [all(is('a'), is('b'))] as Formula[];
    const budget = { steps: 3 };
    expect(areContradictory(claims, budget)).toBe(true);
    expect(budget.steps).toBe(0);
    expect(areContradictory(claims, { steps: 2 })).toBe(false);
  });

  it('gives up on what would take too long', () => {
    const forks = Array.from({ length: 30 }, (_, i) => any(is(`a${i}`), not(is(`b${i}`)), exists));
    expect(areContradictory([all(...forks) as Formula])).toBe(false);
  });
});
