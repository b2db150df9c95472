import { expect, test } from 'vitest';
import { UpgradeError } from './upgrade-error.ts';
import { withoutCredentials } from './without-credentials.ts';

const who = { user: 'or', password: 's3cret' };

test('neither the user nor the password is in an error or in what it was caused by', () => {
  const refused = new Error('password authentication failed for user "or" with s3cret');
  const said = Object.assign(new Error("CREATE command denied to user 'or'@'%'"), { sqlMessage: "user 'or'@'%'" });
  const both = new AggregateError([refused, said], 'neither was let in');
  const error = new UpgradeError('CREDENTIALS_WRONG', `db refuses the user or the password: ${refused.message}`, {
    cause: both,
  });
  expect(withoutCredentials(error, who)).toBe(error);
  expect(error.message).toBe('db refuses the user or the password: password authentication failed for user "…" with …');
  const texts = [error, both, refused, said].flatMap((one) => [one.message, one.stack, Object.values(one)].map(String));
  for (const text of texts) expect(text).not.toMatch(/["']or["']|s3cret/);
});

test('a password that is no more than a letter or two does not take words apart', () => {
  expect(withoutCredentials(new Error('no password was asked for'), { user: 'u', password: 'a' })).toMatchObject({
    message: 'no password was asked for',
  });
});
