import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it, vi } from 'vitest';
import { compileRegex } from './compile-regex.ts';
import { readLiteralPattern } from './literal-pattern.ts';
import { readPlainPattern } from './plain-pattern.ts';

// What is measured here takes long on a machine that has other things to do.
vi.setConfig({ testTimeout: 60_000 });

function regex(pattern: string) {
  const compiled = compileRegex(pattern);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled;
}

describe('a pattern', () => {
  it.each([
    ['/api/v[0-9]+', '/api/v12', true, true],
    ['/api/v[0-9]+', '/api/v12/x', false, true],
    ['a|b', 'ab', false, true],
    ['(?i)BETA', 'beta', true, true],
    ['x$', 'x\n', false, false],
    ['é.', 'né1', false, true],
    ['a.b', 'a\nb', false, false],
    ['^$', '', true, true],
  ])('%s on %j: whole %s, found %s', (pattern, text, isWhole, isFound) => {
    expect(regex(pattern).isWholeMatch(text)).toBe(isWhole);
    expect(regex(pattern).isFound(text)).toBe(isFound);
  });

  it.each(['(', 'a{2,1}', '(?=a)', '(a)\\1', '[z-a]', '*'])('%s is refused with a reason', (pattern) => {
    expect(compileRegex(pattern)).toEqual({ ok: false, message: expect.stringMatching(/^cannot be read: .+/) });
  });

  it('is refused where its program would be large', () => {
    for (const pattern of ['a{600}', '[a-z]{300}[a-z]{300}', '(a{1,30}){1,19}']) {
      expect(compileRegex(pattern)).toEqual({ ok: false, message: 'repeats too much' });
    }
    expect(compileRegex('((a{1,100}){1,100})').ok).toBe(false);
    expect(compileRegex('a{500}').ok).toBe(true);
  });

  it('may have 512 characters and no more', () => {
    expect(compileRegex('a'.repeat(512)).ok).toBe(true);
    expect(compileRegex('a'.repeat(513))).toEqual({ ok: false, message: 'is longer than 512 characters' });
  });
});

describe('a literal pattern', () => {
  const literal = fc
    .array(fc.constantFrom('a', 'b', '/', '-', '\\.', '\\\\', '\\+', ' '), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''));
  const pattern = fc
    .tuple(
      fc.constantFrom('', '^'),
      fc.constantFrom('', '.*'),
      literal,
      fc.constantFrom('', '.*'),
      fc.constantFrom('', '$'),
    )
    .map((parts) => parts.join(''));
  const text = fc
    .array(fc.constantFrom('a', 'b', '/', '-', '.', '\\', '+', ' ', '\n', '😀', '\ud83d'))
    .map((parts) => parts.join(''));

  it('matches what RE2 matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(text), (source, texts) => {
        const compiled = regex(source);
        const truth = RE2JS.compile(source);
        const pieces = source.replace(/[\^$]|\.\*/g, '').replaceAll('\\', '');
        for (const each of [
          ...texts,
          pieces,
          `${pieces}a`,
          `a${pieces}`,
          `\n${pieces}`,
          `${pieces}\n`,
          `${pieces}\n${pieces}`,
        ]) {
          expect(compiled.isFound(each)).toBe(truth.test(each));
          expect(compiled.isWholeMatch(each)).toBe(truth.testExact(each));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['^/api/', '/api/.*', '\\.html$', '^beta$', '.*beta.*', 'a-b_c:d'])('%s needs no automaton', (source) => {
    expect(readLiteralPattern(source)).not.toBeNull();
  });

  it.each(['a+', 'a?', 'a|b', '[a]', '(a)', 'a.b', '^.*a', '\\d', 'é', '', '^', 'a\\', 'a{2}', 'a^', '$a'])(
    '%j is left to RE2',
    (source) => {
      expect(readLiteralPattern(source)).toBeNull();
    },
  );
});

describe('a plain pattern', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '/',
    '.',
    '\\.',
    '\\d',
    '\\w',
    '[ab]',
    '[^/]',
    '[a-y]',
    '[0-9a]',
    '[^a-c\\d]',
    '[\\w.-]',
    '-',
  );
  const count = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0}', '{2,}', '{0,1}');
  const source = fc
    .tuple(
      fc.constantFrom('', '^'),
      fc.array(
        fc.tuple(atom, count).map((parts) => parts.join('')),
        { maxLength: 4 },
      ),
      fc.constantFrom('', '$'),
    )
    .map(([caret, items, dollar]) => caret + items.join('') + dollar);
  const text = fc
    .array(fc.constantFrom('a', 'b', 'z', 'Z', '0', '9', '/', '.', '-', '_', '\n', 'é', '😀', '\ud83d'), {
      maxLength: 8,
    })
    .map((parts) => parts.join(''));

  it('matches what RE2 matches', () => {
    let plain = 0;
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 5 }), (pattern, texts) => {
        if (readPlainPattern(pattern) === null) return;
        plain++;
        const compiled = regex(pattern);
        const truth = RE2JS.compile(pattern);
        for (const each of ['', 'a', 'b', '/a', 'ab', 'aab', 'a0', ...texts]) {
          expect(compiled.isFound(each), `${pattern} on ${each}`).toBe(truth.test(each));
          expect(compiled.isWholeMatch(each), `${pattern} on ${each}`).toBe(truth.testExact(each));
        }
      }),
      { numRuns: 3000 },
    );
    expect(plain).toBeGreaterThan(0);
  });

  it.each(['/users/[0-9]+/[^/]+', '^/api/v\\d{1,3}/.*$', '[\\w.-]+@acme\\.test', '/a/?', '^a*$'])(
    '%s is one',
    (pattern) => {
      expect(readPlainPattern(pattern)).not.toBeNull();
    },
  );

  it.each([
    'a+a',
    '.*a',
    'a|b',
    '(a)',
    'a*?b',
    'a*b*a',
    'a?a',
    '[^/]',
    '.',
    '[^/]{2}',
    '.?',
    '\\s',
    '\\bx',
    '[[:alpha:]]',
    'a{1,2}a',
    'é+',
    'a{',
    '(?i)a',
    'a^b',
    'a$b',
    '[a-]+-*-',
    '[^a]+[^b]',
  ])('%s is none', (pattern) => {
    expect(readPlainPattern(pattern)).toBeNull();
  });

  it('is refused where RE2 refuses it', () => {
    for (const pattern of ['a**', 'a{2}{3}', '[z-a]', 'a{2,1}', 'a{700}']) expect(compileRegex(pattern).ok).toBe(false);
  });
});

describe('matching', () => {
  /** Milliseconds that one match takes, the least of several: what disturbs the machine only ever adds. */
  function timeOf(source: string, text: (length: number) => string, length: number): number {
    const subject = text(length);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const { isFound } = regex(source);
      const start = performance.now();
      isFound(subject);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  const noise = (length: number): string => {
    let state = 1;
    let text = '';
    for (let i = 0; i < length; i++) {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      text += state & 0x10000 ? 'a' : 'b';
    }
    return text;
  };

  it.each([
    ['(a+)+$', (n: number) => `${'a'.repeat(n)}b`],
    ['(a|aa)+$', (n: number) => `${'a'.repeat(n)}b`],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', (n: number) => `${'a'.repeat(n)}!`],
    ['(x+x+)+y', (n: number) => `${'x'.repeat(n)}z`],
    ['[ab]*a[ab]{200}$', noise],
    ['(.{1,100}a){2}x$', noise],
  ])('%s takes time in proportion to the text', (source, text) => {
    // From n to 8n, linear is ×8 and quadratic ×64; what is too fast to be measured passes.
    expect(timeOf(source, text, 4000)).toBeLessThan(24 * timeOf(source, text, 500) + 2);
  });
});
