import type { ConnectionTest } from '@grey/contracts';
import { AddressRefused } from '../../infra/net/address-guard.ts';
import { ServerBusy } from '../server-slots.ts';

type Verdict = ConnectionTest['code'];

/** By code of Node, SQLSTATE of PostgreSQL, or name of MySQL's and mysql2's errors. */
const verdicts: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: 'REFUSED',
  ENOTFOUND: 'HOST_UNKNOWN',
  EAI_AGAIN: 'HOST_UNKNOWN',
  EAI_NODATA: 'HOST_UNKNOWN',
  ETIMEDOUT: 'TIMEOUT',
  ECONNRESET: 'UNREACHABLE',
  EHOSTUNREACH: 'UNREACHABLE',
  ENETUNREACH: 'UNREACHABLE',
  EHOSTDOWN: 'UNREACHABLE',
  EPIPE: 'UNREACHABLE',
  PROTOCOL_CONNECTION_LOST: 'UNREACHABLE',
  EPROTO: 'TLS_FAILED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_FAILED',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS_FAILED',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS_FAILED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_FAILED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_FAILED',
  HANDSHAKE_NO_SSL_SUPPORT: 'TLS_FAILED',
  HANDSHAKE_SSL_ERROR: 'TLS_FAILED',
  ER_SECURE_TRANSPORT_REQUIRED: 'TLS_FAILED',
  '28P01': 'AUTH_FAILED',
  '28000': 'AUTH_FAILED',
  '42501': 'AUTH_FAILED',
  ER_ACCESS_DENIED_ERROR: 'AUTH_FAILED',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'AUTH_FAILED',
  ER_HOST_NOT_PRIVILEGED: 'AUTH_FAILED',
  ER_HOST_IS_BLOCKED: 'AUTH_FAILED',
  ER_NOT_SUPPORTED_AUTH_MODE: 'AUTH_FAILED',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'AUTH_FAILED',
  ER_MUST_CHANGE_PASSWORD: 'AUTH_FAILED',
  AUTH_SWITCH_PLUGIN_ERROR: 'AUTH_FAILED',
  '3D000': 'DATABASE_UNKNOWN',
  ER_BAD_DB_ERROR: 'DATABASE_UNKNOWN',
  ER_DBACCESS_DENIED_ERROR: 'DATABASE_UNKNOWN',
  '53300': 'SERVER_BUSY',
  '57P03': 'SERVER_BUSY',
  ER_CON_COUNT_ERROR: 'SERVER_BUSY',
  ER_TOO_MANY_USER_CONNECTIONS: 'SERVER_BUSY',
};

/** One sentence for each way in which a test ends. None of them holds anything that somebody sent. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  OK: 'The connection works, and a schema upgrade has what it needs.',
  PRIVILEGES_MISSING: 'The connection works, but a schema upgrade would lack privileges.',
  SCHEMA_UNKNOWN: 'The connection works, but the database has no such schema.',
  HOST_NOT_ALLOWED: 'The server may not be reached: GREY_DATA_SOURCE_ALLOW does not list it.',
  HOST_UNKNOWN: 'The name of the server does not resolve.',
  REFUSED: 'Nothing listens on this port of the server.',
  UNREACHABLE: 'The server cannot be reached, or cut the connection.',
  TIMEOUT: 'There was no answer in time.',
  TLS_FAILED:
    'TLS failed: the server does not offer it or demands it, or its certificate is not trusted or for another name.',
  AUTH_FAILED: 'The server does not let this user in: user, password or where it may connect from is wrong.',
  DATABASE_UNKNOWN: 'The server has no such database, or does not let this user use it.',
  SERVER_BUSY: 'The server, or our share of its connections, is in use; or the server is just starting.',
  CREDENTIALS_MISSING: 'The data source has no user and password; give them first.',
  FAILED: 'The server answered in a way that is not understood; is it another kind of server?',
};

/** What an error of a connection means, judged by codes alone: its text may repeat what was sent. */
export function classifyFailure(error: unknown, isOver: boolean): Verdict {
  if (error instanceof AddressRefused) return 'HOST_NOT_ALLOWED';
  if (error instanceof ServerBusy) return 'SERVER_BUSY';
  if (isOver) return 'TIMEOUT';
  for (let one = error, depth = 0; typeof one === 'object' && one !== null && depth < 5; depth += 1) {
    const { code, message, cause } = one as { code?: unknown; message?: unknown; cause?: unknown };
    const verdict = typeof code === 'string' ? verdictOf(code) : undefined;
    if (verdict !== undefined) return verdict;
    if (/SSL connection/.test(String(message))) return 'TLS_FAILED';
    if (/Connection terminated|has no address/.test(String(message)))
      return String(message).includes('address') ? 'HOST_UNKNOWN' : 'UNREACHABLE';
    one = cause;
  }
  return 'FAILED';
}

function verdictOf(code: string): Verdict | undefined {
  if (verdicts[code] !== undefined) return verdicts[code];
  return /^(ERR_TLS|ERR_SSL|CERT_|CRL_)/.test(code) ? 'TLS_FAILED' : undefined;
}
