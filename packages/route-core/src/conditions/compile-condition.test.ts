import { describe, expect, it } from 'vitest';
import type { RequestMetadata } from '../decision.ts';
import { createDecisionEnv, peekRandom } from '../decision-env.ts';
import type { Condition, Operand } from '../routing-records.ts';
import { compileCondition } from './compile-condition.ts';
import { Facts } from './facts.ts';

const header = (name: string): Operand => ({ from: 'header', name });
const equals = (operand: Operand, value: string): Condition => ({ op: 'equals', operand, value });
const cel = (expression: string): Condition => ({ op: 'cel', expression });

function factsOf(metadata: RequestMetadata, random: readonly number[] = []): Facts {
  const numbers = [...random];
  return new Facts(
    'acme',
    metadata,
    createDecisionEnv({ now: () => Date.parse('2026-11-21T10:00:00Z'), random: () => numbers.shift() ?? Number.NaN }),
  );
}

describe('a trace', () => {
  const a = equals(header('a'), '1');
  const b = equals(header('b'), '1');

  it.each<[string, Condition, RequestMetadata, object]>([
    ['a comparison', a, { headers: { a: '2' } }, { passed: false, text: "header['a'] == '1'", value: '2' }],
    ['what is missing', a, {}, { passed: false, text: "header['a'] == '1'", value: null }],
    [
      'the part that failed',
      { op: 'all', of: [a, b] },
      { headers: { a: '1', b: '2' } },
      { passed: false, text: "header['b'] == '1'", value: '2' },
    ],
    [
      'all parts where all held',
      { op: 'all', of: [a, b] },
      { headers: { a: '1', b: '1' } },
      { passed: true, text: "header['a'] == '1' && header['b'] == '1'", value: null },
    ],
    [
      'the part that held',
      { op: 'any', of: [a, b] },
      { headers: { b: '1' } },
      { passed: true, text: "header['b'] == '1'", value: '1' },
    ],
    [
      'all parts where none held',
      { op: 'any', of: [a, b] },
      {},
      { passed: false, text: "header['a'] == '1' || header['b'] == '1'", value: null },
    ],
    [
      'what was negated',
      { op: 'not', of: a },
      { headers: { a: '1' } },
      { passed: false, text: "header.get('a') != '1'", value: '1' },
    ],
    [
      'a number',
      { op: 'less', operand: { from: 'attribute', name: 'n' }, value: 5 },
      { attributes: { n: 7 } },
      { passed: false, text: "number(attributes['n']) < 5", value: '7' },
    ],
    [
      'an object',
      equals({ from: 'claim', name: 'o' }, 'x'),
      { claims: { o: { a: 1 } } },
      { passed: false, text: "claims.o == 'x'", value: '{"a":1}' },
    ],
    [
      'the time',
      { op: 'time', fromMinute: 601 },
      {},
      { passed: false, text: 'minuteOfDay() >= 601', value: '2026-11-21T10:00:00.000Z' },
    ],
    [
      'the bucket',
      { op: 'percentage', portion: { unit: { by: 'user' }, share: 1, salt: 's' } },
      { userId: 'u1' },
      { passed: false, text: "percentage(user, 0.01, 's')", value: 'bucket 1778 of u1' },
    ],
    [
      'no bucket without a unit',
      { op: 'percentage', portion: { unit: { by: 'user' }, share: 1, salt: 's' } },
      {},
      { passed: false, text: "percentage(user, 0.01, 's')", value: null },
    ],
    [
      'an expression',
      cel('claims.a.exists(x, x == 1)'),
      { claims: { a: [1] } },
      { passed: true, text: 'claims.a.exists(x, x == 1)', value: null },
    ],
    [
      'why an expression failed',
      cel('1 / uid > 0'),
      { userId: '0' },
      { passed: false, text: '1 / uid > 0', value: 'int divide by zero' },
    ],
    [
      'an expression that yields no truth',
      cel('claims.a'),
      { claims: { a: 'x' } },
      { passed: false, text: 'claims.a', value: 'yields something else than true or false' },
    ],
    [
      'a part of an expression',
      cel("user == 'u' && path == '/'"),
      { userId: 'u', path: '/x' },
      { passed: false, text: "path == '/'", value: '/x' },
    ],
    ['a broken expression', cel('user =='), {}, { passed: false, text: 'user ==', value: null }],
  ])('shows %s', (_, condition, metadata, expected) => {
    expect(compileCondition(condition).trace(factsOf(metadata))).toEqual(expected);
  });

  it.each<[Operand, RequestMetadata, string]>([
    [{ from: 'token' }, { token: 'abcdefgh' }, 'abcdefgh'],
    [{ from: 'token' }, { token: 'abcdefghi' }, 'abcdefgh…'],
    [{ from: 'claim', name: 'sub' }, { claims: { sub: 'somebody@acme.test' } }, 'somebody…'],
    [{ from: 'cookie', name: 'c' }, { cookies: { c: '123456789' } }, '12345678…'],
    [{ from: 'session' }, { sessionId: '123456789' }, '12345678…'],
    [header('Authorization'), { headers: { authorization: 'x' } }, '…'],
    [header('cookie'), { headers: { Cookie: 'x' } }, '…'],
    [header('set-cookie'), { headers: { 'set-cookie': 'x' } }, '…'],
    [header('Proxy-Authorization'), { headers: { 'proxy-authorization': 'x' } }, '…'],
    [header('x'), { headers: { x: 'y'.repeat(120) } }, 'y'.repeat(120)],
    [header('x'), { headers: { x: 'y'.repeat(121) } }, `${'y'.repeat(119)}…`],
  ])('of %j in %j shows %s', (operand, metadata, value) => {
    expect(compileCondition({ op: 'exists', operand }).trace(factsOf(metadata)).value).toBe(value);
  });

  it('shortens units that may be secrets', () => {
    const portion = { unit: { by: 'token' as const }, share: 10_000, salt: 's' };
    const traced = compileCondition({ op: 'percentage', portion }).trace(factsOf({ token: 'a-long-token' }));
    expect(traced).toMatchObject({ passed: true, value: expect.stringMatching(/^bucket \d+ of a-long-t…$/) });
  });

  it('draws what the test would draw, once', () => {
    const twice: Condition = {
      op: 'all',
      of: [
        { op: 'random', below: 0.5 },
        { op: 'random', below: 0.5 },
      ],
    };
    const compiled = compileCondition(twice);
    const facts = factsOf({}, [0.4, 0.6, 0.4, 0.6]);
    expect(peekRandom(facts.env, () => compiled.trace(facts))).toEqual({
      passed: false,
      text: 'random() < 0.5',
      value: '0.6',
    });
    expect(compiled.test(facts)).toBe(false);
    expect(compiled.trace(facts)).toMatchObject({ passed: false, value: '0.6' });
    expect(facts.env.drawn).toEqual([]);
  });
});

describe('a compiled condition', () => {
  it.each<[number, Condition]>([
    [1, equals(header('a'), '1')],
    [0, { op: 'all', of: [] }],
    [
      3,
      {
        op: 'any',
        of: [equals(header('a'), '1'), { op: 'not', of: { op: 'all', of: [cel('claims.a'), cel("user == 'u'")] } }],
      },
    ],
    [2, cel("user == 'u' && path == '/'")],
    [1, cel('claims.a.exists(x, x == 1)')],
    [1, cel('broken ==')],
  ])('makes %d comparisons in %j', (count, condition) => {
    expect(compileCondition(condition).comparisonCount).toBe(count);
  });

  it('ends with the part that decides', () => {
    const draws: Condition[] = new Array(4).fill({ op: 'random', below: 0.5 });
    for (const length of [0, 1, 2, 3, 4]) {
      const parts = draws.slice(0, length);
      for (let decisive = 0; decisive <= length; decisive++) {
        const failing = factsOf({}, [...new Array(decisive).fill(0.1), 0.9, 0.1, 0.1, 0.1, 0.1]);
        expect(compileCondition({ op: 'all', of: parts }).test(failing)).toBe(decisive === length);
        const holding = factsOf({}, [...new Array(decisive).fill(0.9), 0.1, 0.9, 0.9, 0.9, 0.9]);
        expect(compileCondition({ op: 'any', of: parts }).test(holding)).toBe(decisive !== length);
      }
    }
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['another kind', { op: 'nothing' }],
    ['no operand', { op: 'equals', value: 'x' }],
    ['an operand of no kind', { op: 'exists', operand: { from: 'nowhere' } }],
    ['no parts', { op: 'all' }],
    ['a broken pattern', { op: 'matches', operand: header('a'), pattern: '(' }],
    ['a divisor of 0', { op: 'modulo', operand: { from: 'user' }, divisor: 0, below: 1 }],
    ['a divisor that is too large', { op: 'modulo', operand: { from: 'user' }, divisor: 1e15, below: 1 }],
    ['an expression that is no text', { op: 'cel', expression: 5 }],
  ])('with %s is never true and throws nothing', (_, broken) => {
    const compiled = compileCondition(broken as Condition);
    expect(compiled.test(factsOf({ userId: '0', headers: { a: '(' } }))).toBe(false);
    expect(compiled.trace(factsOf({ userId: '0' })).passed).toBe(false);
  });

  it('judges many labels alike, whatever it remembers', () => {
    const compiled = compileCondition({ op: 'semver', operand: header('v'), range: '>=1.5' });
    for (let round = 0; round < 2; round++) {
      for (let minor = 0; minor < 600; minor++) {
        expect(compiled.test(factsOf({ headers: { v: `v1.${minor}` } }))).toBe(minor >= 5);
      }
    }
    expect(compiled.test(factsOf({ headers: { v: `1.6.0+${'a'.repeat(122)}` } }))).toBe(true);
    expect(compiled.test(factsOf({ headers: { v: `1.6.0+${'a'.repeat(123)}` } }))).toBe(false);
  });
});

describe('the CEL environment', () => {
  const holds = (expression: string, metadata: RequestMetadata = {}): boolean => {
    const compiled = compileCondition(cel(expression));
    return compiled.test(factsOf(metadata, [0.5]));
  };

  it.each<[string, RequestMetadata]>([
    ["header.all(k, k == 'x-a') && size(header) == 1", { headers: { 'X-A': '1', 'x-a': '2' } }],
    ["header == {'a': '1', 'b': '2'} && headers.size() == 2", { headers: { A: '1', b: '2' } }],
    ["cookie == cookies && cookie.exists(k, k == 'C')", { cookies: { C: '1' } }],
    ["query.exists(k, query[k] == '1') && size(query) == 1", { query: { a: '1', b: 5 as unknown as string } }],
    [
      "attributes == attribute && size(attributes) == 2 && attributes.a == 1.0 && attributes['b']",
      { attributes: { a: 1 }, b: true },
    ],
    [
      "size(claims) == 2 && !('gone' in claims) && claims.o == {'a': 1.0} && size(claims.o) == 1",
      { claims: { gone: null, o: { a: 1, b: null }, l: [] } },
    ],
    ["claims.l == ['x', null, 1.0, {'a': 'b'}] && size(claims.l) == 4", { claims: { l: ['x', null, 1, { a: 'b' }] } }],
    [
      "claims['constructor'] == 'c' && claims['__proto__'] == 'p'",
      { claims: JSON.parse('{"constructor":"c","__proto__":"p"}') as Record<string, unknown> },
    ],
    [
      "!has(claims.toString) && !('hasOwnProperty' in header) && !('valueOf' in attributes)",
      { headers: {}, claims: {} },
    ],
    ["header.get('a', 'b') == 'b' && claims.get('a', 5) == 5 && claims.get('b') == null", {}],
    [
      "number('5') == 5.0 && number(5) == 5.0 && number(5.5) > 5.0 && wholeNumber('12') == 12 && wholeNumber(12.0) == 12",
      {},
    ],
    [
      'now() == timestamp("2026-11-21T10:00:00Z") && weekday() == 6 && minuteOfDay() == 600 && dyn(random()) == 0.5',
      {},
    ],
    [
      "percentage(claims.id, 100, 's') && !percentage(claims.id, 0, 's') && !percentage(claims.none, 100, 's')",
      { claims: { id: 5, none: '' } },
    ],
    ["dyn(matches('abc', 'b')) && 'abc'.matches('^a')", {}],
    ["isTrue(isTrue(claims.a.b) || user == '')", {}],
    ['[1, 2].exists(i, isTrue(claims.a == i) || i == 2)', {}],
    ["{'a': isTrue(claims.x)}['a'] == false", {}],
    ['uid + 1 == 8', { userId: '007' }],
  ])('%s', (expression, metadata) => {
    expect(holds(expression, metadata)).toBe(true);
  });

  it('works out nothing in vain and forgets nobody: conditions of two requests do not mix', () => {
    const compiled = compileCondition(cel("size(user) > 1 && dyn(user).startsWith('b')"));
    const [alice, bob] = [factsOf({ userId: 'alice' }), factsOf({ userId: 'bob' })];
    expect([compiled.test(alice), compiled.test(bob), compiled.test(alice), compiled.test(bob)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});
