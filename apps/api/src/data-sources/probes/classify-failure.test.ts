import { expect, test } from 'vitest';
import { AddressRefused } from '../../infra/net/address-guard.ts';
import { ServerBusy } from '../server-slots.ts';
import { classifyFailure, verdictWords } from './classify-failure.ts';

const coded = (code: string, message = 'for user "canary"') => Object.assign(new Error(message), { code });

test.each([
  [coded('28P01'), 'AUTH_FAILED'],
  [coded('ER_ACCESS_DENIED_ERROR'), 'AUTH_FAILED'],
  [coded('3D000'), 'DATABASE_UNKNOWN'],
  [coded('ER_BAD_DB_ERROR'), 'DATABASE_UNKNOWN'],
  [coded('53300'), 'SERVER_BUSY'],
  [coded('ER_CON_COUNT_ERROR'), 'SERVER_BUSY'],
  [coded('CERT_HAS_EXPIRED'), 'TLS_FAILED'],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'TLS_FAILED'],
  [coded('HANDSHAKE_NO_SSL_SUPPORT'), 'TLS_FAILED'],
  [new Error('The server does not support SSL connections'), 'TLS_FAILED'],
  [new Error('outer', { cause: coded('ECONNREFUSED') }), 'REFUSED'],
  [coded('ENOTFOUND'), 'HOST_UNKNOWN'],
  [new Error('db has no address'), 'HOST_UNKNOWN'],
  [coded('EHOSTUNREACH'), 'UNREACHABLE'],
  [new AddressRefused('no'), 'HOST_NOT_ALLOWED'],
  [new ServerBusy('full'), 'SERVER_BUSY'],
  [coded('XX000'), 'FAILED'],
  ['nonsense', 'FAILED'],
] as const)('%o is %s', (error, verdict) => {
  expect(classifyFailure(error, false)).toBe(verdict);
  expect(verdictWords[verdict]).not.toContain('canary');
});

test('whatever comes of a connection that was cut is that there was no answer in time', () => {
  expect(classifyFailure(coded('ECONNRESET'), true)).toBe('TIMEOUT');
});
