import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex } from '../conditions/index.ts';
import { literalStart } from './literal-start.ts';
import { compileMethods, hasMethod } from './method-set.ts';
import { findNecessaryValue } from './necessary-value.ts';
import { compilePaths, findPlace } from './path-tree.ts';
import { pathOf } from './request-path.ts';

const piece = fc.stringMatching(/^[ab/]{0,6}$/);

describe('a tree of paths', { timeout: 60_000 }, () => {
  it('finds the exact one, else the longest prefix, that a search through all of them finds', () => {
    const paths = fc.uniqueArray(piece, { maxLength: 10 });
    fc.assert(
      fc.property(paths, paths, fc.array(piece), (exact, prefixes, texts) => {
        const tree = compilePaths(exact, prefixes);
        for (const text of [...texts, ...exact, ...prefixes, ...prefixes.map((prefix) => `${prefix}x`)]) {
          const fitting = prefixes.filter((prefix) => text.startsWith(prefix));
          const longest = fitting.toSorted((x, y) => y.length - x.length)[0];
          const at = prefixes.indexOf(longest ?? '-');
          const expected = exact.includes(text) ? exact.indexOf(text) : at < 0 ? -1 : exact.length + at;
          expect(findPlace(tree, text)).toBe(expected);
        }
      }),
    );
  });

  it.each([
    ['/api/v10', '/api/v1'],
    ['/api/v1', '/api/v1'],
    ['/api/v', '/api/'],
    ['/apiary', undefined],
    ['', undefined],
    ['/租户/一', '/租户/'],
    ['/\ud83d', undefined],
  ])('takes a prefix as plain text: %s', (path, prefix) => {
    const prefixes = ['/api/', '/api/v1', '/api/v1/x', '/租户/', '/😀'];
    expect(prefixes[findPlace(compilePaths([], prefixes), path)]).toBe(prefix);
  });

  it('may be larger than 65 535 numbers', () => {
    const exact = Array.from({ length: 100 }, (_, i) => `/${'x'.repeat(i)}/${'y'.repeat(900)}`);
    const prefixes = exact.map((path) => path.slice(0, -1));
    const tree = compilePaths(exact, prefixes);
    expect(tree.length).toBeGreaterThan(0xffff);
    for (const [at, path] of exact.entries()) {
      expect(findPlace(tree, path)).toBe(at);
      expect(findPlace(tree, `${path}y`)).toBe(100 + at);
    }
  });
});

describe('the literal start of a pattern', { timeout: 60_000 }, () => {
  it.each([
    ['/api/v[0-9]+/x', '/api/v'],
    ['^/api/$', '/api/'],
    ['/a/b*', '/a/'],
    ['/a/b?c', '/a/'],
    ['/a/b{0,2}', '/a/'],
    ['/a/b+', '/a/b'],
    ['/a\\.b\\/c', '/a.b/c'],
    ['/a\\.?b', '/a'],
    ['/a\\d', '/a'],
    ['/a|/b', ''],
    ['(?i)/a', ''],
    ['\\Q/a\\E', ''],
    ['/😀*', '/'],
    ['', ''],
  ])('of %s is "%s"', (pattern, start) => {
    expect(literalStart(pattern)).toBe(start);
  });

  it('is what every text begins with that the pattern matches', () => {
    const atom = fc.constantFrom('a', 'b', '/', '.', '\\.', '[ab]', '(a|b)', '(?:ab)', '^', '$', '\\d', 'a|b');
    const part = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{0,1}'))
      .map(([own, times]) => (['^', '$', 'a|b'].includes(own) ? own : own + times));
    const pattern = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, fc.array(fc.stringMatching(/^[ab./1]{0,5}$/), { minLength: 20 }), (own, texts) => {
        const regex = compileRegex(own);
        const start = literalStart(own);
        for (const text of regex.ok ? texts : []) {
          if (regex.ok && regex.isWholeMatch(text)) expect(text.startsWith(start), `${own} ${text}`).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('methods', () => {
  it.each<[readonly string[], unknown, boolean]>([
    [['GET'], 'GET', true],
    [['GET'], 'get', true],
    [['get'], 'GET', true],
    [['GET', 'POST'], 'POST', true],
    [['GET'], 'POST', false],
    [['GET'], 'PURGE', false],
    [['PURGE'], 'purge', true],
    [['PURGE'], 'GET', false],
    [['GET'], undefined, false],
    [['GET'], 7, false],
    [[], 'GET', false],
  ])('%j has %j: %s', (methods, method, expected) => {
    expect(hasMethod(compileMethods(methods)!, method)).toBe(expected);
  });

  it('any where none are named, or the star is', () => {
    expect(compileMethods(undefined)).toBeNull();
    expect(compileMethods(['GET', '*'])).toBeNull();
  });
});

describe('the path of a request', () => {
  it.each([
    ['/a/b?c=/d', '/a/b'],
    ['/a#b?c', '/a'],
    ['/a//b/../c', '/a//b/../c'],
    ['/%61', '/%61'],
    ['?x', ''],
    ['', ''],
  ])('%s is compared as %s, as it was sent', (sent, path) => {
    expect(pathOf(sent, false)).toBe(path);
  });

  it('is normalised where the set of rules says so', () => {
    expect(pathOf('/a//b/../%63?d', true)).toBe('/a/c');
  });
});

describe('what a condition cannot be true without', () => {
  const a = { op: 'equals', operand: { from: 'header', name: 'a' }, value: '1' } as const;
  const draw = { op: 'random', below: 0.5 } as const;
  const found = { operand: a.operand, values: ['1'] };

  it.each([
    ['a comparison with a text', a, found],
    ['one of several', { op: 'in', operand: a.operand, values: ['1', '2'] } as const, { ...found, values: ['1', '2'] }],
    ['a part of all', { op: 'all', of: [{ op: 'exists', operand: a.operand }, a] } as const, found],
    ['a part of a part', { op: 'all', of: [{ op: 'all', of: [a] }] } as const, found],
    ['nothing of any', { op: 'any', of: [a, a] } as const, null],
    ['nothing of not', { op: 'not', of: a } as const, null],
    ['nothing of a number, which may be written in several ways', { ...a, value: 1 }, null],
    ['nothing of a list with a number', { op: 'in', operand: a.operand, values: ['1', 2] } as const, null],
    ['nothing beside a draw, which has to be made', { op: 'all', of: [a, draw] } as const, null],
    [
      'nothing beside a hidden draw',
      { op: 'all', of: [a, { op: 'not', of: { op: 'any', of: [draw] } }] } as const,
      null,
    ],
    [
      'nothing beside an expression, which may draw',
      { op: 'all', of: [a, { op: 'cel', expression: 'true' }] } as const,
      null,
    ],
  ])('is %s', (_what, condition, expected) => {
    expect(findNecessaryValue(condition)).toEqual(expected);
  });
});
