import { readdirSync, readFileSync } from 'node:fs';
import { errorCodes } from '@grey/contracts';
import { expect, test } from 'vitest';
import en from './en.json';
import zh from './zh.json';

/** Every key with its text, plural forms folded into one: Chinese has one form where English has two. */
function flatten(node: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? [...flatten(value, `${prefix}${key}.`)]
        : [[`${prefix}${key}`.replace(/_(one|other)$/, ''), String(value)] as const],
    ),
  );
}

const english = flatten(en);
const chinese = flatten(zh);
const source = new URL('../', import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('generated') && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(new URL(name, source), 'utf8') }));

/** String literals that an operator would read: text between tags, in expressions, and in attributes made of words. */
function findLiterals(text: string): string[] {
  const patterns = [
    />\s*([^\s<>{}=;()&|][^<>{}=;()&|]*\p{L}{2,}[^<>{}=;()&|]*?)\s*<\//gu,
    /\{\s*(['"][^'"\n]*\p{L}{2,}[^'"\n]*['"])\s*\}\s*</gu,
    /\s((?:label|title|placeholder|description|alt|note|action|suffix|aria-label)=(?:"|\{')[^"'\n]*\p{L}{2,}[^"'\n]*["'])/gu,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

test('English and Chinese have the same keys', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
});

test('English and Chinese take the same values', () => {
  const values = (text: string | undefined) => (text?.match(/\{\{[^}]+\}\}/g) ?? []).sort();
  const differing = [...english].filter(([key, text]) => `${values(text)}` !== `${values(chinese.get(key))}`);
  expect(differing.map(([key]) => key)).toEqual([]);
});

test('every error code of the contract has words', () => {
  expect(Object.keys(en.errors).sort()).toEqual(Object.keys(errorCodes).sort());
});

test('no component holds words of its own', () => {
  const found = files
    .filter(({ name }) => name.endsWith('.tsx'))
    .flatMap(({ name, text }) => findLiterals(text).map((literal) => `${name}: ${literal}`));
  expect(found).toEqual([]);
});

test('the search for words in components finds them', () => {
  expect(findLiterals('<p>Delete tenant</p>')).toEqual(['Delete tenant']);
  expect(findLiterals('<p>\n  删除租户\n</p>')).toEqual(['删除租户']);
  expect(findLiterals("<p>{'Delete'}</p>")).toEqual(["'Delete'"]);
  expect(findLiterals('<TextInput label="Name" />')).toEqual(['label="Name"']);
});

test('every key that is asked for exists, and every key that exists is asked for', () => {
  const text = files.map((file) => file.text).join('\n');
  const literal = new Set(
    [...text.matchAll(/['"`]([a-z][A-Za-z]*\.[A-Za-z_.]+)['"`]/g)].map((match) => match[1] ?? ''),
  );
  const prefixes = [...text.matchAll(/t\(`([a-zA-Z.]+\.)\$\{/g)].map((match) => match[1] ?? '');
  const asked = [...text.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1] ?? '');
  expect(asked.filter((key) => !english.has(key))).toEqual([]);
  const unused = [...english.keys()].filter(
    (key) => !literal.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});
