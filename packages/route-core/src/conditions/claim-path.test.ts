import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClaimPath, printClaimPath } from './claim-path.ts';
import { remember } from './remember.ts';

describe('the name of a claim', () => {
  it.each([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['a\\.b', ['a.b']],
    ['a\\\\.b', ['a\\', 'b']],
    ['a\\b', ['ab']],
    ['a\\', ['a\\']],
    ['.', ['', '']],
    ['https://acme\\.test/roles.admin', ['https://acme.test/roles', 'admin']],
  ])('%s leads through %j', (name, path) => {
    expect(parseClaimPath(name)).toEqual(path);
  });

  it('can be written for any path', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '.', '\\') }), { minLength: 1 }), (path) => {
        expect(parseClaimPath(printClaimPath(path))).toEqual(path);
      }),
    );
  });
});

describe('what is remembered', () => {
  it('is made once, until there is too much of it', () => {
    const made: string[] = [];
    const lengthOf = remember((text: string) => {
      made.push(text);
      return text.length;
    });
    expect([lengthOf('aa'), lengthOf('aa'), lengthOf('')]).toEqual([2, 2, 0]);
    expect(made).toEqual(['aa', '']);
    for (let i = 0; i < 498; i++) lengthOf(`x${i}`);
    lengthOf('aa');
    expect(made).toHaveLength(500);
    lengthOf('one too many');
    lengthOf('aa');
    expect(made.slice(500)).toEqual(['one too many', 'aa']);
  });
});
