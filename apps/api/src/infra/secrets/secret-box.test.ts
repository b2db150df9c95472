import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SecretBox, SecretsError } from './secret-box.ts';

const box = new SecretBox(randomBytes(32));

test('what is sealed opens for its owner, and shows neither text nor repetition', () => {
  const sealed = box.seal('one', 'a secret 密');
  expect(box.open('one', sealed)).toBe('a secret 密');
  expect(sealed.includes('secret')).toBe(false);
  expect(box.seal('one', 'a secret 密').equals(sealed)).toBe(false);
});

test('another owner, another key or one changed byte does not open it', () => {
  const sealed = box.seal('one', 'text');
  expect(() => box.open('two', sealed)).toThrow(SecretsError);
  expect(() => new SecretBox(randomBytes(32)).open('one', sealed)).toThrow(SecretsError);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = changed[at]! ^ 1;
    expect(() => box.open('one', changed)).toThrow(SecretsError);
  }
  expect(() => box.open('one', sealed.subarray(0, 5))).toThrow(SecretsError);
});
