import { describe, expect, it } from 'vitest';
import { findSpelling } from './find-spelling.ts';

describe('a name in a record', () => {
  it.each(['x-plan', 'X-PLAN', 'X-Plan', 'x-plaN'])('is found however it is spelt: %s', (key) => {
    expect(findSpelling({ other: '1', [key]: 'gold' }, 'x-plan')).toBe('gold');
  });

  it.each([
    ['AZ', 'az', true],
    // The characters around A to Z are no letters, though a bit makes others of them.
    ['@', '`', false],
    ['[', '{', false],
    ['a', 'A', false],
    ['x-pla', 'x-plan', false],
    ['x-plan2', 'x-plan', false],
    ['y-plan', 'x-plan', false],
    ['\u007f', '\u007f', true],
    ['Ä', 'ä', true],
    ['Ä', 'ö', false],
    ['xÄ', 'xä', true],
    ['yÄ', 'xä', false],
  ])('%j and %j are one name: %s', (key, name, isOne) => {
    expect(findSpelling({ [key]: 'v' }, name)).toBe(isOne ? 'v' : undefined);
  });

  it('is that of the first text, past whatever is no text', () => {
    expect(findSpelling({ A: 7, a: 'first' }, 'a')).toBe('first');
    expect(findSpelling({ A: 'first', a: 'second' }, 'a')).toBe('first');
    expect(findSpelling({ A: 7 }, 'a')).toBeUndefined();
  });
});
