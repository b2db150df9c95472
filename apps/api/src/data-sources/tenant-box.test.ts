import { expect, test } from 'vitest';
import { SecretsError } from '../infra/secrets/secret-box.ts';
import { TenantBox } from './tenant-box.ts';

const address = { engine: 'mysql', host: 'db', port: 3306, database: 'shop', schema: null, tls: 'off' } as const;
const credentials = { user: 'canary user', password: 'canary 密' };
const key = Buffer.alloc(32, 7);
const box = new TenantBox('ta', key);

test('credentials open for their tenant, service and field alone', () => {
  const sealed = box.seal('shop', address, credentials);
  expect(box.open('shop', sealed)).toEqual(credentials);
  expect(() => box.open('pay', sealed)).toThrow(SecretsError);
  expect(() => new TenantBox('tb', key).open('shop', sealed)).toThrow(SecretsError);
  expect(() => new TenantBox('ta', Buffer.alloc(32, 8)).open('shop', sealed)).toThrow(SecretsError);
  expect(() => box.open('shop', { user: sealed.password, password: sealed.user })).toThrow(SecretsError);
  expect(() => box.open('shop', { user: sealed.user, password: sealed.config })).toThrow(SecretsError);
  expect(Object.values(sealed).join(' ')).not.toMatch(/canary|db/);
});

test('the fingerprint is the same for the same credentials of a service under one key, and another else', () => {
  const print = box.fingerprint('shop', credentials);
  expect(print).toMatch(/^[0-9a-f]{16}$/);
  expect(box.seal('shop', address, credentials).credentials).toBe(print);
  const others = [
    box.fingerprint('pay', credentials),
    box.fingerprint('shop', { ...credentials, password: 'other' }),
    // Not only the joined texts count.
    box.fingerprint('shop', { user: 'canary usercanary', password: ' 密' }),
    new TenantBox('tb', Buffer.alloc(32, 8)).fingerprint('shop', credentials),
  ];
  expect(new Set([print, ...others]).size).toBe(5);
});
