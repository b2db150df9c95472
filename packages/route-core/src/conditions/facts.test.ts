import { describe, expect, it } from 'vitest';
import type { RequestMetadata } from '../decision.ts';
import { createDecisionEnv } from '../decision-env.ts';
import { attributeNames, Facts } from './facts.ts';
import { minuteOf, parseInstant, weekdayOf } from './instant.ts';
import { normalizePath } from './normalize-path.ts';
import { readNumber, readRemainder, readWhole } from './read-number.ts';
import { compilePortion, compileUnit } from './read-operand.ts';

const factsOf = (metadata?: RequestMetadata): Facts =>
  new Facts('acme', metadata, createDecisionEnv({ now: () => 1, random: () => 0 }));

describe('facts', () => {
  it('are there without any metadata', () => {
    const facts = factsOf();
    expect(facts.tenantId).toBe('acme');
    for (const text of ['user', 'session', 'method', 'clientIp', 'region', 'token', 'tag', 'path'] as const) {
      expect(facts[text]).toBe('');
    }
    expect(facts.header('x')).toBeUndefined();
    expect(facts.cookie('x')).toBeUndefined();
    expect(facts.query('x')).toBeUndefined();
    expect(facts.attribute('x')).toBeUndefined();
    expect(facts.claim(['x'])).toBeUndefined();
  });

  it('take nothing for text that is none', () => {
    const wrong = {
      userId: 5,
      path: null,
      headers: { x: ['a'], y: 5 },
      cookies: null,
      query: { x: {} },
      claims: ['a'],
      attributes: { o: {} },
    };
    const facts = factsOf(wrong as unknown as RequestMetadata);
    expect([facts.user, facts.path]).toEqual(['', '']);
    expect([facts.header('x'), facts.header('y'), facts.cookie('x'), facts.query('x')]).toEqual(
      new Array(4).fill(undefined),
    );
    expect([facts.claim(['0']), facts.claim(['length']), facts.attribute('o')]).toEqual(new Array(3).fill(undefined));
    expect(factsOf({ headers: null } as unknown as RequestMetadata).header('x')).toBeUndefined();
  });

  it.each([
    ['/a/b', '/a/b'],
    ['/a?b', '/a'],
    ['/a?b#c', '/a'],
    ['/a#b?c', '/a'],
    ['?a', ''],
  ])('the path of %s is %s', (sent, path) => {
    const facts = factsOf({ path: sent });
    expect(facts.path).toBe(path);
    expect(facts.path).toBe(path);
  });

  it('ask the clock once', () => {
    let asked = 0;
    const facts = new Facts('acme', {}, createDecisionEnv({ now: () => ++asked }));
    expect([facts.nowMs, facts.nowMs, asked]).toEqual([1, 1, 1]);
  });

  it('find headers outside ASCII in any case, too', () => {
    expect(factsOf({ headers: { 'X-É': '1' } }).header('x-é')).toBe('1');
    expect(factsOf({ headers: { 'X-Z[': '1' } }).header('x-z{')).toBeUndefined();
    expect(factsOf({ headers: { '@-a': '1' } }).header('`-a')).toBeUndefined();
    expect(factsOf({ headers: { 'X-Azaz': '1' } }).header('x-azaz')).toBe('1');
    expect(factsOf({ headers: { 'X-AZ': 5, 'x-Az': '1' } as unknown as Record<string, string> }).header('x-az')).toBe(
      '1',
    );
  });

  it('list the names of attributes, each once', () => {
    const metadata = { userId: 'u', plan: 'pro', other: {}, attributes: { plan: 'x', age: 5, bad: {} } };
    expect(attributeNames(metadata as unknown as RequestMetadata)).toEqual(['plan', 'age']);
    expect(attributeNames({ userId: 'u', flat: true })).toEqual(['flat']);
  });

  it('do not take their own names for attributes', () => {
    expect(factsOf({ userId: 'u' }).attribute('userId')).toBeUndefined();
    expect(factsOf({ attributes: { userId: 'v' } }).attribute('userId')).toBe('v');
  });
});

describe('a unit', () => {
  const metadata = {
    userId: 'u',
    sessionId: 's',
    token: 't',
    cookies: { c: 'k' },
    headers: { H: 'h' },
    attributes: { n: 1, b: true, t: 'x' },
    claims: { a: { b: 'd' }, o: {} },
  };
  it.each([
    [{ by: 'user' }, 'u'],
    [{ by: 'session' }, 's'],
    [{ by: 'tenant' }, 'acme'],
    [{ by: 'token' }, 't'],
    [{ by: 'cookie', name: 'c' }, 'k'],
    [{ by: 'cookie', name: 'C' }, ''],
    [{ by: 'header', name: 'h' }, 'h'],
    [{ by: 'header', name: 'i' }, ''],
    [{ by: 'attribute', name: 'n' }, '1'],
    [{ by: 'attribute', name: 'b' }, 'true'],
    [{ by: 'attribute', name: 't' }, 'x'],
    [{ by: 'attribute', name: 'z' }, ''],
    [{ by: 'claim', name: 'a.b' }, 'd'],
    [{ by: 'claim', name: 'o' }, ''],
    [{ by: 'nothing' } as never, ''],
  ] as const)('%j is %j', (unit, text) => {
    expect(compileUnit(unit)(factsOf(metadata))).toBe(text);
  });

  it('that is missing is in no portion', () => {
    const everybody = compilePortion({ unit: { by: 'user' }, share: 10_000, salt: 's' });
    expect(everybody(factsOf({ userId: 'u' }))).toBe(true);
    expect(everybody(factsOf({ userId: '' }))).toBe(false);
    expect(everybody(factsOf())).toBe(false);
  });
});

describe('numbers', () => {
  it.each<[unknown, number]>([
    [5, 5],
    ['5', 5],
    ['-0.5', -0.5],
    ['007', 7],
    ['9', 9],
    [5n, 5],
    ['', Number.NaN],
    ['-', Number.NaN],
    ['.5', Number.NaN],
    ['5.', Number.NaN],
    ['5.x', Number.NaN],
    ['5x', Number.NaN],
    ['5,5', Number.NaN],
    ['+5', Number.NaN],
    ['--5', Number.NaN],
    ['1.2.3', Number.NaN],
    ['1/2', Number.NaN],
    ['1:', Number.NaN],
    [true, Number.NaN],
    [null, Number.NaN],
    [undefined, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NaN],
    [Number.NaN, Number.NaN],
  ])('%s is the number %d', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });

  it.each<[unknown, number, number]>([
    ['0', 7, 0],
    ['13', 7, 6],
    [13, 7, 6],
    [0, 7, 0],
    ['999999999999999', 7, 999_999_999_999_999 % 7],
    ['1000000000000000', 7, Number(10n ** 15n % 7n)],
    ['9'.repeat(40), 899_999_999_999_999, Number(BigInt('9'.repeat(40)) % 899_999_999_999_999n)],
    ['1'.repeat(1000), 97, Number(BigInt('1'.repeat(1000)) % 97n)],
    ['1'.repeat(1001), 97, -1],
    [2 ** 53, 7, -1],
    [-1, 7, -1],
    [0.5, 7, -1],
    ['', 7, -1],
    ['1a', 7, -1],
    ['-1', 7, -1],
    [true, 7, -1],
    [undefined, 7, -1],
  ])('%j leaves, divided by %d, %d', (value, divisor, remainder) => {
    expect(readRemainder(value, divisor)).toBe(remainder);
  });

  it.each<[unknown, bigint | null]>([
    ['12', 12n],
    [12, 12n],
    [12n, 12n],
    [0, 0n],
    [-1n, null],
    [-1, null],
    ['', null],
    ['1.0', null],
    [1.5, null],
    [null, null],
    ['1'.repeat(1001), null],
  ])('%s is the whole number %s', (value, whole) => {
    expect(readWhole(value)).toBe(whole);
  });
});

describe('times', () => {
  it.each<[string, number]>([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00Z', 0],
    ['1970-01-01T01:00:00.5+01:00', 500],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s is %d', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    'x2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Zx',
    '2026-01-01T00Z',
    '',
  ])('%j is no instant', (text) => {
    expect(parseInstant(text)).toBeNaN();
  });

  it('days begin on Monday and at midnight UTC', () => {
    const monday = Date.UTC(2026, 10, 23);
    expect([-1, 0, 86_400_000 - 1, 6 * 86_400_000].map((ms) => weekdayOf(monday + ms))).toEqual([7, 1, 1, 7]);
    expect(weekdayOf(-1)).toBe(3);
    expect(weekdayOf(-10 * 86_400_000)).toBe(1);
  });

  it('minutes count from midnight UTC', () => {
    expect([0, 59_999, 60_000, 86_399_999, 86_400_000].map(minuteOf)).toEqual([0, 0, 1, 1439, 0]);
    expect(minuteOf(-1)).toBe(1439);
  });
});

describe('a normalised path', () => {
  it.each([
    ['/a/b', '/a/b'],
    ['/', '/'],
    ['', ''],
    ['//', '/'],
    ['/a//b///c', '/a/b/c'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/a/..', '/'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/a/', '/a/'],
    ['/a//', '/a/'],
    ['./a', 'a'],
    ['../a', 'a'],
    ['/.a/..b', '/.a/..b'],
    ['/%41%7e%2D%5f%2e', '/A~-_.'],
    ['/a/%2e%2E/b', '/b'],
    ['/%2Fa%20b%3f', '/%2Fa%20b%3f'],
    ['/%4', '/%4'],
    ['/%zz', '/%zz'],
    ['/%40%5B%60%7b', '/%40%5B%60%7b'],
    ['/%2541', '/%2541'],
    ['/%c3%a9', '/%c3%a9'],
  ])('%s is %s', (path, normal) => {
    expect(normalizePath(path)).toBe(normal);
    expect(normalizePath(normal)).toBe(normal);
  });
});
