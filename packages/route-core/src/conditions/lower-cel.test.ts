import { describe, expect, it } from 'vitest';
import type { RequestMetadata } from '../decision.ts';
import { createDecisionEnv } from '../decision-env.ts';
import { compileCel } from './compile-cel.ts';
import { compileCondition } from './compile-condition.ts';
import { Facts } from './facts.ts';
import { parseCel } from './parse-cel.ts';

/**
 * Expressions one by one, each alone, negated and beside others: what they become as conditions must say what the evaluator of
 * the language says. The properties of `cel-equivalence.test.ts` meet few of these shapes.
 */

/** Of these a condition can say all. */
const TREES = [
  "path == '/a'",
  "path != '/a'",
  "path == ''",
  "path != ''",
  "'/a' == path",
  "path in ['/a', '']",
  "path in ['/a', '/b']",
  "path in ['']",
  "user == 'u7' || session == 's1' || token == 't1' || region == 'eu' || tag == 'blue' || method == 'GET'",
  "header['x'] == 'a'",
  "header.x == 'a'",
  "header['x'] != 'a'",
  "header['x'] in ['a', 'b']",
  "header.get('x') == 'a'",
  "header.get('x') != 'a'",
  "header.get('x') == null",
  "header.get('x') != null",
  "header['x'] == null",
  "header['x'] != null",
  "'x' in header",
  'has(header.x)',
  'has(claims.a)',
  "'flag' in attributes",
  "cookie.c == 'a' || query.q == 'a'",
  "attributes.get('flag') == 'true'",
  "attributes['flag'] in [true, 'true']",
  "attributes['flag'] in [false, 'false', 'a']",
  "number(header['n']) == 5",
  "number(header['n']) != 5",
  "number(header['n']) in [1, 5, 7.5]",
  "number(attributes['n']) == -5",
  "5 == number(header['n'])",
  "number(header['n']) < 5",
  "number(header['n']) <= 5",
  "number(header['n']) > 5",
  "number(header['n']) >= 5",
  "5 < number(header['n'])",
  "5 <= number(header['n'])",
  "5 > number(header['n'])",
  "5 >= number(header['n'])",
  'uid % 10 < 5',
  'uid % 10 >= 5',
  'uid % 10 == 0',
  'uid % 1 < 1',
  'uid % 1000000 < 10',
  "wholeNumber(header['n']) % 3 < 2",
  "wholeNumber(header['n']) % 3 >= 2",
  "wholeNumber(header['n']) % 5 == 0",
  "path.startsWith('/a')",
  "path.startsWith('')",
  "path.endsWith('a')",
  "path.endsWith('')",
  "path.contains('a')",
  "path.contains('')",
  "path.matches('^/[ab]$')",
  "path.matches('^$')",
  "path.matches('')",
  "matches(path, '^/a')",
  "header['x'].startsWith('a')",
  "header['x'].endsWith('')",
  "header['x'].matches('^a')",
  "semver(header['v'], '>=1.2')",
  "inCidr(clientIp, '10.0.0.0/8')",
  "inCidr(clientIp, ['10.0.0.0/8', '2001:db8::/32'])",
  "inCidr(header['ip'], ['10.0.0.0/8'])",
  "percentage(user, 50, 's')",
  "percentage(header['x'], 12.5, 's')",
  'random() < 0.5',
  'random() >= 0.5',
  'random() < 0.0',
  'random() < 1.0',
  "now() >= timestamp('2026-11-21T10:00:00Z')",
  "now() < timestamp('2026-11-21T10:00:00.500Z')",
  'weekday() == 6',
  'weekday() in [1, 6]',
  'weekday() == 7',
  'minuteOfDay() < 600',
  'minuteOfDay() >= 600',
  'minuteOfDay() >= 0 && minuteOfDay() < 1440',
  'minuteOfDay() >= 540 && minuteOfDay() < 601',
  'minuteOfDay() >= 601 && minuteOfDay() < 540',
  'minuteOfDay() >= 601 || minuteOfDay() < 540',
  'minuteOfDay() >= 540 || minuteOfDay() < 601',
  'minuteOfDay() >= 600 || minuteOfDay() < 600',
  'minuteOfDay() >= 600 && minuteOfDay() < 600',
  'weekday() in [6] || minuteOfDay() >= 601 || minuteOfDay() < 540',
  "weekday() in [6] && minuteOfDay() >= 540 && now() < timestamp('2026-11-22T00:00:00Z')",
  "weekday() == 1 || now() >= timestamp('2026-11-21T10:00:00Z')",
  'true',
  'false',
  "isTrue(header['x'] == 'a') || path == '/a'",
] as const;

/** These, or their being false, are left to the evaluator. */
const OTHERS = [
  'path == null',
  "header['x'] == header['v']",
  "header[path] == 'a'",
  "header[''] == 'a'",
  "header.get('x', 'b') == 'b'",
  "attributes['flag'] == 'true'",
  "attributes['flag'] == true",
  "attributes['flag'] in [true, false]",
  "attributes['n'] == 5",
  "attributes['flag'].startsWith('t')",
  "attributes['flag'].matches('^t')",
  "claims.a == 'x'",
  "claims.a.b == 'x'",
  "claims['a']['b'] == 'x'",
  "claims.a.b.c == 'x'",
  'has(claims.a.b)',
  'has(header.x.y)',
  'path in []',
  "path in ['/a', 5]",
  "number(header['n']) in [1, 'a']",
  "number(header['n']) in []",
  "number(path + '5') == 5",
  "number(header['n']) < number(header['v'])",
  "number(header['n']) == number(header['n'])",
  'uid % 10 == 3',
  'uid % 10 > 5',
  'uid % 0 < 1',
  'uid % -3 < 1',
  'uid % 1000001 < 10',
  'uid % 10 < uid',
  'uid / 10 < 5',
  'uid < 5',
  'wholeNumber(path) % 3 < 2',
  "int(header['n']) % 3 < 2",
  "header['x'].matches('(')",
  "header['x'].size() == 1",
  'size(path) > 1',
  "semver(header['v'], 'no range')",
  'inCidr(clientIp, [])',
  "inCidr(clientIp, 'nothing')",
  "percentage(path, 50, 's')",
  "percentage(user, 101, 's')",
  "percentage(user, 0.001, 's')",
  "percentage(dyn(user), 50, 's')",
  "percentage(attributes['n'], 50, 's')",
  'random() < 1.5',
  'random() < -0.5',
  'random() > 0.5',
  'random() <= 0.5',
  'random() == 0.4',
  "now() > timestamp('2026-11-21T10:00:00Z')",
  "now() == timestamp('2026-11-21T10:00:00Z')",
  "now() >= timestamp('2026-11-21')",
  "now() < timestamp('2026-11-21T10:00:00.0001Z')",
  'weekday() == 8',
  'weekday() == 0',
  'weekday() in [6, 8]',
  'weekday() in [1.5]',
  'weekday() < 6',
  'minuteOfDay() < 1441',
  'minuteOfDay() >= -1',
  'minuteOfDay() == 600',
  'minuteOfDay() > 599',
  'minuteOfDay() <= 600',
  "path == '/a' ? true : user == 'u7'",
  '[1, 2].exists(i, i == 2)',
  "header.exists(k, k == 'x')",
  "{'a': 1}.size() == 1",
  "(path + '!') == '/a!'",
  "b'\\x01' == b'\\x01'",
  'dyn(uid) == 7',
] as const;

const NOWS = ['2026-11-21T10:00:00Z', '2026-11-21T09:59:59.999Z', '2026-11-23T00:00:00Z', '2026-11-21T10:00:00.500Z'];

const REQUESTS: readonly RequestMetadata[] = [
  {},
  {
    path: '/a',
    method: 'GET',
    userId: 'u7',
    headers: { x: 'a', n: '5', v: '1.2.3', ip: '10.1.2.3' },
    clientIp: '10.1.2.3',
  },
  { path: '/b', userId: '7', headers: { x: 'b', n: '4', v: '1.1', ip: 'no' }, clientIp: '2001:db8::1', region: 'eu' },
  { path: '/ab', userId: '10', sessionId: 's1', headers: { x: '', n: '6', v: 'no' }, clientIp: '11.0.0.1' },
  { userId: '12', headers: { n: 'five', x: 'ab', v: '5' }, cookies: { c: 'a' }, attributes: { flag: true, n: 5 } },
  { userId: '0', headers: { n: '7.5' }, query: { q: 'a' }, attributes: { flag: 'true', n: -5 }, tag: 'blue' },
  { userId: '15', headers: { n: '0' }, attributes: { flag: false, n: '5' }, claims: { a: 'x' }, token: 't1' },
  { userId: '1000003', headers: { n: '-1' }, attributes: { flag: 'false', n: 'five' }, claims: { a: { b: 'x' } } },
  { userId: '-5', headers: { n: '9' }, attributes: { flag: 'a' }, claims: { a: { b: { c: 'x' } } } },
  { userId: '3', headers: { n: '1' }, attributes: { flag: 3 }, claims: { a: null } },
] as never;

const CASES = REQUESTS.flatMap((metadata) =>
  NOWS.flatMap((now, at) => [0, 0.4, 0.5, 0.9].slice(0, at === 0 ? 4 : 1).map((random) => ({ metadata, now, random }))),
);

const factsOf = ({ metadata, now, random }: (typeof CASES)[number]): Facts =>
  new Facts('acme', metadata, createDecisionEnv({ now: () => Date.parse(now), random: () => random }));

function lower(text: string) {
  const parsed = parseCel(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.condition;
}

/** Everybody for whom the condition and the evaluator say different things. */
function strayOf(text: string): unknown[] {
  const condition = compileCondition(lower(text));
  const evaluate = compileCel(text);
  return CASES.filter((one) => condition.test(factsOf(one)) !== (evaluate(factsOf(one)) === true));
}

const around = (text: string): string[] => [
  text,
  `!(${text})`,
  `!(!(${text}))`,
  `(${text}) && header.get('x') == 'a'`,
  `(${text}) || user == '7'`,
  `!((${text}) && user != '7')`,
  `!((${text}) || path == '/a')`,
  `header['v'] != '5' && (${text})`,
];

describe('an expression', { timeout: 60_000 }, () => {
  it.each([...TREES])('%s becomes a condition without any CEL left, which says the same', (text) => {
    expect(JSON.stringify(lower(text))).not.toContain('"op":"cel"');
    for (const one of around(text)) expect(strayOf(one), one).toEqual([]);
  });

  it.each([...OTHERS])('%s says the same as a condition, where it may be saved at all', (text) => {
    for (const one of around(text)) {
      const { ok } = parseCel(one);
      expect(ok).toBe(parseCel(text).ok);
      if (ok) expect(strayOf(one), one).toEqual([]);
    }
  });
});
