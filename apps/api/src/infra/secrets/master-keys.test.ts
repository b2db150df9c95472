import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { MasterKeys, MasterKeyUnknown, parseMasterKeys } from './master-keys.ts';
import { SecretsError } from './secret-box.ts';

const hex = (byte: number) => byte.toString(16).padStart(2, '0').repeat(32);

test('keys are read by commas or lines, as hex or base64; the first is the one that writes', () => {
  const base64 = Buffer.alloc(32, 2).toString('base64');
  const keys = parseMasterKeys(`k2:${hex(1)},\n k1:${base64}\n`);
  expect(keys.map(({ id, key }) => [id, key[0]])).toEqual([
    ['k2', 1],
    ['k1', 2],
  ]);
});

test.each(['', 'k1', `:${hex(1)}`, 'k1:short', `k 1:${hex(1)}`, `k1:${hex(1)},k1:${hex(2)}`])(
  'a list such as %j is refused, without a word of the key',
  (text) => {
    const read = () => parseMasterKeys(text);
    expect(read).toThrow();
    expect(read).not.toThrow(/short|01010101/);
  },
);

test('a data key opens for its tenant alone, with the master key that wrapped it, under its id', () => {
  const keys = new MasterKeys(() => parseMasterKeys(`k1:${hex(1)},k2:${hex(2)}`));
  const { dataKey, keyId, wrapped } = keys.make('t-1');
  expect(keyId).toBe('k1');
  expect(keys.unwrap('t-1', 'k1', wrapped)).toEqual(dataKey);
  expect(() => keys.unwrap('t-2', 'k1', wrapped)).toThrow(SecretsError);
  expect(() => keys.unwrap('t-1', 'k2', wrapped)).toThrow(SecretsError);
  expect(() => keys.unwrap('t-1', 'k3', wrapped)).toThrow(MasterKeyUnknown);
  expect(() => new MasterKeys(() => parseMasterKeys(`k1:${hex(9)}`)).unwrap('t-1', 'k1', wrapped)).toThrow(
    SecretsError,
  );
});

test('a key that came into the file later is found when it is needed, and a broken file changes nothing', () => {
  let text = `k1:${hex(1)}`;
  const old = new MasterKeys(() => parseMasterKeys(text));
  const other = new MasterKeys(() => parseMasterKeys(`k2:${hex(2)}`));
  const dataKey = randomBytes(32);
  const { wrapped } = other.wrap('t-1', dataKey);
  text = 'half a li';
  expect(() => old.unwrap('t-1', 'k2', wrapped)).toThrow(MasterKeyUnknown);
  expect(old.activeId).toBe('k1');
  text = `k2:${hex(2)}\nk1:${hex(1)}`;
  expect(old.unwrap('t-1', 'k2', wrapped)).toEqual(dataKey);
  expect(old.activeId).toBe('k2');
});
