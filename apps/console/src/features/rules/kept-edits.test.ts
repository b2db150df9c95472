import { expect, test } from 'vitest';
import { keepEdits, readKeptEdits } from './kept-edits.ts';

function memory(room = Number.POSITIVE_INFINITY): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => {
      if (value.length > room) throw new Error('full');
      items.set(key, value);
    },
  };
}
const edits = { ruleSet: { normalizePath: true, rules: [] }, baseEtag: '"3"', basedOn: 2 };

test('edits of a service are found again, and forgotten when they are no more', () => {
  const storage = memory();
  keepEdits('shop', edits, storage);
  expect(readKeptEdits('shop', storage)).toEqual(edits);
  expect(readKeptEdits('other', storage)).toBeNull();
  keepEdits('shop', null, storage);
  expect(readKeptEdits('shop', storage)).toBeNull();
});

test('a full storage keeps nothing, rather than edits that are outdated', () => {
  const storage = memory(80);
  keepEdits('shop', { ...edits, ruleSet: { ...edits.ruleSet, rules: [] } }, storage);
  keepEdits('shop', { ...edits, baseEtag: 'x'.repeat(100) }, storage);
  expect(readKeptEdits('shop', storage)).toBeNull();
});

test('what another version of the console left behind is not taken for edits', () => {
  const storage = memory();
  for (const text of ['{', '[]', '{"ruleSet":{}}', '{"ruleSet":{"rules":[{"id":"a"}]}}']) {
    storage.setItem('grey.rules.shop', text);
    expect(readKeptEdits('shop', storage)).toBeNull();
  }
});
