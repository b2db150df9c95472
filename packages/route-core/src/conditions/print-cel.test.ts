import { describe, expect, it } from 'vitest';
import type { Condition, Operand } from '../routing-records.ts';
import { parseCel } from './parse-cel.ts';
import { printCel } from './print-cel.ts';

const x: Operand = { from: 'header', name: 'X' };
const path: Operand = { from: 'path' };
const user: Operand = { from: 'user' };
const claim = (name: string): Operand => ({ from: 'claim', name });
const not = (of: Condition): Condition => ({ op: 'not', of });
const equals = (operand: Operand, value: string | number | boolean): Condition => ({ op: 'equals', operand, value });

function parsed(text: string): Condition {
  const result = parseCel(text);
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.condition;
}

describe('a tree and its CEL, each from the other', () => {
  it.each<[string, Condition]>([
    ["header['X'] == 'true'", equals(x, 'true')],
    ["header.get('X') != 'true'", not(equals(x, 'true'))],
    ["cookie['c'] == ''", equals({ from: 'cookie', name: 'c' }, '')],
    ["query['it\\'s'] == 'a\\n\\\\'", equals({ from: 'query', name: "it's" }, 'a\n\\')],
    ["attributes['a'] == 'b'", equals({ from: 'attribute', name: 'a' }, 'b')],
    ["claims.a == 'b'", equals(claim('a'), 'b')],
    ["claims.a.b == 'c'", equals(claim('a.b'), 'c')],
    ["claims['a.b']['in'].c == 'c'", equals(claim('a\\.b.in.c'), 'c')],
    ["!isTrue(claims.a.b == 'c')", not(equals(claim('a.b'), 'c'))],
    ["claims.get('a.b') != 'c'", not(equals(claim('a\\.b'), 'c'))],
    ["path == '\\u0000\\t\\r\\u2029é😀\ud83d'", equals(path, '\0\t\r\u2029é😀\ud83d')],
    ["claims['a\\\\']['.'].b1 == 'c'", equals(claim('a\\\\.\\..b1'), 'c')],
    ["path == '/a'", equals(path, '/a')],
    ["path != '/a'", not(equals(path, '/a'))],
    [
      "user == 'u' && session == 's' && tenant == 't' && token == 'k'",
      {
        op: 'all',
        of: [
          equals(user, 'u'),
          equals({ from: 'session' }, 's'),
          equals({ from: 'tenant' }, 't'),
          equals({ from: 'token' }, 'k'),
        ],
      },
    ],
    [
      "method == 'GET' || clientIp == '::1' || region == 'eu' || tag == 'b'",
      {
        op: 'any',
        of: [
          equals({ from: 'method' }, 'GET'),
          equals({ from: 'client_ip' }, '::1'),
          equals({ from: 'region' }, 'eu'),
          equals({ from: 'tag' }, 'b'),
        ],
      },
    ],
    ["number(header['X']) == 5", equals(x, 5)],
    ["number(header['X']) == -1.5", equals(x, -1.5)],
    ["number(header['X']) == 1e+21", equals(x, 1e21)],
    ["header['X'] in [true, 'true']", equals(x, true)],
    ["!(header.get('X') in [false, 'false'])", not(equals(x, false))],
    ["header['X'] in ['a', 'b']", { op: 'in', operand: x, values: ['a', 'b'] }],
    ["!(header.get('X') in ['a', 'b'])", not({ op: 'in', operand: x, values: ['a', 'b'] })],
    ['number(path) in [1, 2]', { op: 'in', operand: path, values: [1, 2] }],
    ["'X' in header", { op: 'exists', operand: x }],
    ["!('X' in header)", not({ op: 'exists', operand: x })],
    ["'a.b' in claims", { op: 'exists', operand: claim('a\\.b') }],
    ['has(claims.a.b)', { op: 'exists', operand: claim('a.b') }],
    ['!isTrue(has(claims.a.b))', not({ op: 'exists', operand: claim('a.b') })],
    ["path != ''", { op: 'exists', operand: path }],
    ["path == ''", not({ op: 'exists', operand: path })],
    ["path.startsWith('/a')", { op: 'starts_with', operand: path, value: '/a' }],
    ["!path.endsWith('/a')", not({ op: 'ends_with', operand: path, value: '/a' })],
    ["header['X'].contains('')", { op: 'contains', operand: x, value: '' }],
    ["!isTrue(header['X'].contains('a'))", not({ op: 'contains', operand: x, value: 'a' })],
    ["path.matches('^/v[0-9]+\\\\.')", { op: 'matches', operand: path, pattern: '^/v[0-9]+\\.' }],
    ["number(header['X']) < 5", { op: 'less', operand: x, value: 5 }],
    ["number(header['X']) <= 5", { op: 'less_or_equal', operand: x, value: 5 }],
    ["number(attributes['a']) > 0.1", { op: 'greater', operand: { from: 'attribute', name: 'a' }, value: 0.1 }],
    ['number(user) >= 0', { op: 'greater_or_equal', operand: user, value: 0 }],
    ["semver(header['X'], '>=2 <3')", { op: 'semver', operand: x, range: '>=2 <3' }],
    ["inCidr(clientIp, '10.0.0.0/8')", { op: 'cidr', operand: { from: 'client_ip' }, networks: ['10.0.0.0/8'] }],
    [
      "!inCidr(clientIp, ['::1', '::2'])",
      not({ op: 'cidr', operand: { from: 'client_ip' }, networks: ['::1', '::2'] }),
    ],
    ['uid % 100 < 5', { op: 'modulo', operand: user, divisor: 100, below: 5 }],
    ["wholeNumber(header['X']) % 2 < 1", { op: 'modulo', operand: x, divisor: 2, below: 1 }],
    ["percentage(user, 12.34, 's')", { op: 'percentage', portion: { unit: { by: 'user' }, share: 1234, salt: 's' } }],
    [
      "!percentage(tenant, 50, 's')",
      not({ op: 'percentage', portion: { unit: { by: 'tenant' }, share: 5000, salt: 's' } }),
    ],
    [
      "percentage(cookie['c'], 0.01, 's')",
      { op: 'percentage', portion: { unit: { by: 'cookie', name: 'c' }, share: 1, salt: 's' } },
    ],
    ['random() < 0.1', { op: 'random', below: 0.1 }],
    ['!(random() < 1)', not({ op: 'random', below: 1 })],
    ["now() >= timestamp('2026-01-01T00:00:00Z')", { op: 'time', from: '2026-01-01T00:00:00Z' }],
    ["!(now() < timestamp('2026-01-01T00:00:00.500Z'))", not({ op: 'time', until: '2026-01-01T00:00:00.500Z' })],
    ['weekday() in [1, 7]', { op: 'time', days: [1, 7] }],
    ['minuteOfDay() >= 60', { op: 'time', fromMinute: 60 }],
    ['minuteOfDay() < 60', { op: 'time', untilMinute: 60 }],
    ['minuteOfDay() >= 600 || minuteOfDay() < 60', { op: 'time', fromMinute: 600, untilMinute: 60 }],
    [
      "now() >= timestamp('2026-01-01T00:00:00Z') && now() < timestamp('2027-01-01T00:00:00Z') && weekday() in [1] && (minuteOfDay() >= 1 && minuteOfDay() < 2)",
      {
        op: 'time',
        from: '2026-01-01T00:00:00Z',
        until: '2027-01-01T00:00:00Z',
        days: [1],
        fromMinute: 1,
        untilMinute: 2,
      },
    ],
    [
      'weekday() in [1] && (minuteOfDay() >= 2 || minuteOfDay() < 1)',
      { op: 'time', days: [1], fromMinute: 2, untilMinute: 1 },
    ],
    ['true', { op: 'all', of: [] }],
    ['false', { op: 'any', of: [] }],
    [
      "path == 'a' && (path == 'b' || path == 'c')",
      { op: 'all', of: [equals(path, 'a'), { op: 'any', of: [equals(path, 'b'), equals(path, 'c')] }] },
    ],
    ["!(path == 'a' && header.get('X') == 'b')", not({ op: 'all', of: [equals(path, 'a'), equals(x, 'b')] })],
    [
      "!(path == 'a' || !('X' in header))",
      not({ op: 'any', of: [equals(path, 'a'), not({ op: 'exists', operand: x })] }),
    ],
    [
      'path == \'a\' && ("x" in claims.list)',
      { op: 'all', of: [equals(path, 'a'), { op: 'cel', expression: '"x" in claims.list' }] },
    ],
    ['!isTrue("x" in claims.list)', not({ op: 'cel', expression: '"x" in claims.list' })],
  ])('%s', (text, condition) => {
    expect(printCel(condition)).toBe(text);
    expect(parsed(text)).toEqual(condition);
  });
});

describe('a tree is printed', () => {
  it.each<[string, Condition]>([
    ['false', equals(path, '')],
    ['false', { op: 'in', operand: path, values: [] }],
    ["path == 'a'", { op: 'in', operand: path, values: ['', 'a'] }],
    [
      "header['X'] in ['true', true] || number(header['X']) in [1, 2]",
      { op: 'in', operand: x, values: ['true', 1, true, 2] },
    ],
    ["path != '' && path.contains('')", { op: 'contains', operand: path, value: '' }],
    ["path != '' && path.startsWith('')", { op: 'starts_with', operand: path, value: '' }],
    ["path != '' && path.endsWith('')", { op: 'ends_with', operand: path, value: '' }],
    ["path != '' && path.matches('.*')", { op: 'matches', operand: path, pattern: '.*' }],
    ["!(path != '' && path.matches('.*'))", not({ op: 'matches', operand: path, pattern: '.*' })],
    ['false', { op: 'matches', operand: path, pattern: '(' }],
    ['false', { op: 'semver', operand: path, range: 'banana' }],
    ['false', { op: 'cidr', operand: path, networks: ['10'] }],
    ["inCidr(path, '::1')", { op: 'cidr', operand: path, networks: ['10', '::1'] }],
    ['false', { op: 'modulo', operand: path, divisor: 0, below: 1 }],
    ['false', { op: 'modulo', operand: path, divisor: 1.5, below: 1 }],
    ['false', { op: 'modulo', operand: path, divisor: 1e15, below: 1 }],
    ['uid % 900000000000000 < 1', { op: 'modulo', operand: user, divisor: 900_000_000_000_000, below: 1 }],
    ['false', { op: 'less', operand: path, value: Number.NaN }],
    ['false', { op: 'random', below: Number.NaN }],
    ['false', { op: 'time', from: 'soon' }],
    ["now() >= timestamp('2025-12-31T23:00:00Z')", { op: 'time', from: '2026-01-01T00:00+01:00' }],
    ['true', { op: 'time' }],
    ['number(path) < 123456789012345680000.0', { op: 'less', operand: path, value: 123456789012345680000 }],
    ["path == '\\u0000\\u2028é😀'", equals(path, '\0\u2028é😀')],
    ["claims.a['b c'] != null", { op: 'exists', operand: claim('a.b c') }],
    ["path == 'a'", { op: 'all', of: [{ op: 'any', of: [equals(path, 'a')] }] }],
    [
      "(path == 'a' && path == 'b') && path == 'c'",
      { op: 'all', of: [{ op: 'all', of: [equals(path, 'a'), equals(path, 'b')] }, equals(path, 'c')] },
    ],
    ["!!(path == 'a')", not(not({ op: 'in', operand: path, values: ['a'] }))],
    [
      "(user == 'a' // why\n) && path == 'b'",
      { op: 'all', of: [{ op: 'cel', expression: "user == 'a' // why" }, equals(path, 'b')] },
    ],
  ])('%s', (text, condition) => {
    expect(printCel(condition)).toBe(text);
  });
});

describe('an expression is read', () => {
  it.each<[string, Condition]>([
    ["'true' == header['X']", equals(x, 'true')],
    ["headers.get('X') == 'a' && userId == 'u'", { op: 'all', of: [equals(x, 'a'), equals(user, 'u')] }],
    ["header['X'] != 'a'", { op: 'all', of: [{ op: 'exists', operand: x }, not(equals(x, 'a'))] }],
    ["!(header['X'] == 'a')", { op: 'all', of: [{ op: 'exists', operand: x }, not(equals(x, 'a'))] }],
    ["!(header['X'] != 'a')", equals(x, 'a')],
    [
      "!(header['X'] == 'a' && path == 'b')",
      {
        op: 'any',
        of: [{ op: 'all', of: [{ op: 'exists', operand: x }, not(equals(x, 'a'))] }, not(equals(path, 'b'))],
      },
    ],
    [
      "!(header['X'] == 'a' || path == 'b')",
      { op: 'all', of: [{ op: 'exists', operand: x }, not(equals(x, 'a')), not(equals(path, 'b'))] },
    ],
    ['5 > number(user)', { op: 'less', operand: user, value: 5 }],
    ['5 >= number(user)', { op: 'less_or_equal', operand: user, value: 5 }],
    ['5 < number(user)', { op: 'greater', operand: user, value: 5 }],
    ['5 <= number(user)', { op: 'greater_or_equal', operand: user, value: 5 }],
    ['!(number(user) < 5)', { op: 'greater_or_equal', operand: user, value: 5 }],
    ['!(number(user) <= 5)', { op: 'greater', operand: user, value: 5 }],
    ['!(number(user) > 5)', { op: 'less_or_equal', operand: user, value: 5 }],
    ['!(number(user) >= 5)', { op: 'less', operand: user, value: 5 }],
    ["header.get('X') == null", not({ op: 'exists', operand: x })],
    ["header.get('X') != null", { op: 'exists', operand: x }],
    ['claims.a.b != null', { op: 'exists', operand: claim('a.b') }],
    ['claims.a.b == null', { op: 'any', of: [] }],
    ["path in ['', 'a']", { op: 'any', of: [not({ op: 'exists', operand: path }), equals(path, 'a')] }],
    [
      "path.startsWith('')",
      { op: 'any', of: [not({ op: 'exists', operand: path }), { op: 'starts_with', operand: path, value: '' }] },
    ],
    ['uid % 2 == 0', { op: 'modulo', operand: user, divisor: 2, below: 1 }],
    [
      'uid % 9 >= 3',
      {
        op: 'all',
        of: [
          { op: 'modulo', operand: user, divisor: 9, below: 9 },
          not({ op: 'modulo', operand: user, divisor: 9, below: 3 }),
        ],
      },
    ],
    ['random() >= 0.1', not({ op: 'random', below: 0.1 })],
    ['0.1 > random()', { op: 'random', below: 0.1 }],
    ["timestamp('2026-01-01T00:00:00Z') <= now()", { op: 'time', from: '2026-01-01T00:00:00Z' }],
    ['weekday() == 3', { op: 'time', days: [3] }],
    [
      'minuteOfDay() >= 60 && minuteOfDay() < 30',
      {
        op: 'all',
        of: [
          { op: 'time', fromMinute: 60 },
          { op: 'time', untilMinute: 30 },
        ],
      },
    ],
    [
      'minuteOfDay() >= 30 || minuteOfDay() < 60',
      {
        op: 'any',
        of: [
          { op: 'time', fromMinute: 30 },
          { op: 'time', untilMinute: 60 },
        ],
      },
    ],
    [
      'weekday() == 1 && weekday() == 2',
      {
        op: 'all',
        of: [
          { op: 'time', days: [1] },
          { op: 'time', days: [2] },
        ],
      },
    ],
    [
      'weekday() == 1 || minuteOfDay() < 60',
      {
        op: 'any',
        of: [
          { op: 'time', days: [1] },
          { op: 'time', untilMinute: 60 },
        ],
      },
    ],
    ["isTrue(header['X'] != 'a')", { op: 'all', of: [{ op: 'exists', operand: x }, not(equals(x, 'a'))] }],
    ['!true', { op: 'any', of: [] }],
    ['!false', { op: 'all', of: [] }],
  ])('%s', (text, condition) => {
    expect(parsed(text)).toEqual(condition);
  });

  it.each([
    "attributes['a'] == 5",
    "attributes['a'] == true",
    "header['X'] in ['a', 5]",
    "header['X'] in ['a', true]",
    "header['X'] in []",
    "header['X'] in [path]",
    'number(user) == 9007199254740993',
    'uid % 5.0 < 1',
    'uid % 0 < 1',
    'uid % 1000001 < 1',
    'uid % 5 == 1',
    'uid % 5 <= 1',
    'uid < 5',
    'path % 5 < 1',
    'random() < 1.5',
    'random() <= 0.5',
    "now() > timestamp('2026-01-01T00:00:00Z')",
    "now() >= timestamp('2026-01-01T00:00:00.0001Z')",
    "now() >= timestamp('2026-02-30T00:00:00Z')",
    'weekday() in [0]',
    'weekday() in [1.5]',
    'minuteOfDay() > 60',
    'minuteOfDay() >= 1441',
    'minuteOfDay() >= -1',
    "has(claims.a.b) ? path == 'a' : false",
    'path.startsWith(user)',
    "percentage(path, 5, 's')",
    'size(path) > 5',
    "'a' in claims.b",
    "header.get('X', 'a') == 'a'",
    "claims[path] == 'a'",
    'claims.a',
    "user == 'a' ? true : false // as written",
  ])('%s stays CEL, as it was written', (text) => {
    expect(parsed(` ${text}\n`)).toEqual({ op: 'cel', expression: text });
  });
});
