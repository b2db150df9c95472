import { expect, test } from 'vitest';
import type { Channel } from '../../api/generated/model/index.ts';
import { checkFields, fieldAt, fieldsOf, newKeyId, settingsOf } from './channel-fields.ts';
import { splitWords } from './split-words.ts';

const hook = (signingKeyIds: string[], format: 'cloudevents' | 'feishu' = 'cloudevents') =>
  ({
    name: 'Ops',
    settings: { kind: 'webhook', format, language: 'en', template: null, origin: 'https://x.example', signingKeyIds },
    subscriptions: [],
  }) as unknown as Channel;

test('what is left empty in an edit stays: address and keys are named without their secrets', () => {
  const channel = hook(['a', 'b']);
  expect(settingsOf(fieldsOf(channel), channel)).toEqual({
    kind: 'webhook',
    format: 'cloudevents',
    language: 'en',
    template: null,
    signingKeys: [{ id: 'a' }, { id: 'b' }],
  });
});

test('the secret of a robot is replaced, that of a webhook is added', () => {
  const secret = 'sixteen-characters';
  const robot = hook(['old'], 'feishu');
  expect(settingsOf({ ...fieldsOf(robot), secret }, robot)).toMatchObject({ signingKeys: [{ id: 'robot', secret }] });
  const channel = hook(['a']);
  expect(settingsOf({ ...fieldsOf(channel), secret }, channel)).toMatchObject({
    signingKeys: [{ id: 'a' }, { secret }],
  });
});

test('mail without a user has none, and an empty password is not sent', () => {
  const fields = {
    ...fieldsOf(undefined),
    kind: 'email' as const,
    host: 'mail',
    from: 'a@b.example',
    to: ['c@d.example'],
  };
  const settings = settingsOf(fields, undefined);
  expect(settings).toMatchObject({ username: null, port: 587, security: 'starttls' });
  expect(settings).not.toHaveProperty('password');
});

test('a new key never takes the name of another', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  expect(newKeyId([], now)).toBe('2026-11-21');
  expect(newKeyId(['2026-11-21', '2026-11-21.2'], now)).toBe('2026-11-21.3');
});

test('a new webhook needs an address, an old one keeps its own; secrets are not short', () => {
  expect(checkFields(fieldsOf(undefined), undefined)).toEqual({ name: 'required', url: 'required' });
  const channel = hook([]);
  expect(checkFields(fieldsOf(channel), channel)).toEqual({});
  expect(checkFields({ ...fieldsOf(channel), secret: 'short' }, channel)).toEqual({ secret: 'secret' });
  const mail = { ...fieldsOf(undefined), kind: 'email' as const, name: 'M', port: '0' };
  expect(checkFields(mail, undefined)).toEqual({ host: 'required', from: 'required', to: 'required', port: 'port' });
});

test('addresses that were pasted at once are many', () => {
  expect(splitWords(['a@x.example, b@x.example;c@x.example', 'b@x.example,', ' '])).toEqual([
    'a@x.example',
    'b@x.example',
    'c@x.example',
  ]);
});

test('a fault of the API is told at its field', () => {
  expect(fieldAt('body.settings.signingKeys[0].secret')).toBe('secret');
  expect(fieldAt('body.settings.to.1')).toBe('to');
  expect(fieldAt('body.subscriptions.0.serviceIds')).toBeUndefined();
});
