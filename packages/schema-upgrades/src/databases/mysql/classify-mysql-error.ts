import { BY_SYSTEM_CALL, describeTrouble } from '../describe-trouble.ts';
import { UpgradeError, type UpgradeErrorCode } from '../upgrade-error.ts';

/** Error numbers of MySQL and MariaDB that mean something particular here. */
const BY_NUMBER: Readonly<Record<number, UpgradeErrorCode>> = {
  1021: 'DISK_FULL', // ER_DISK_FULL
  1114: 'DISK_FULL', // ER_RECORD_FILE_FULL
  1040: 'TOO_MANY_CONNECTIONS',
  1203: 'TOO_MANY_CONNECTIONS', // of this user
  1226: 'TOO_MANY_CONNECTIONS', // a resource limit of this user
  1044: 'PERMISSION_DENIED', // ER_DBACCESS_DENIED_ERROR
  1142: 'PERMISSION_DENIED',
  1143: 'PERMISSION_DENIED',
  1227: 'PERMISSION_DENIED',
  1370: 'PERMISSION_DENIED',
  1045: 'CREDENTIALS_WRONG',
  1698: 'CREDENTIALS_WRONG',
  1049: 'DATABASE_MISSING',
  1053: 'DATABASE_GONE', // shutdown in progress
  1129: 'UNREACHABLE', // host is blocked after too many errors
  1205: 'LOCK_TIMED_OUT',
  1213: 'TRANSACTION_CONFLICT', // deadlock
  1317: 'STATEMENT_TIMED_OUT', // interrupted, by our own KILL QUERY
  1969: 'STATEMENT_TIMED_OUT', // max_statement_time
  3024: 'STATEMENT_TIMED_OUT', // max_execution_time
  1927: 'DATABASE_GONE', // connection was killed
  4031: 'DATABASE_GONE', // disconnected for inactivity
};

const BY_NAME: Readonly<Record<string, UpgradeErrorCode>> = {
  ...BY_SYSTEM_CALL,
  ETIMEDOUT: 'UNREACHABLE',
  PROTOCOL_CONNECTION_LOST: 'DATABASE_GONE',
  HANDSHAKE_NO_SSL_SUPPORT: 'TLS_FAILED',
  HANDSHAKE_SSL_ERROR: 'TLS_FAILED',
};

/**
 * Puts whatever the mysql2 library throws into our words.
 *
 * @param label of the database, without credentials
 */
export function classifyMysqlError(error: unknown, label: string): UpgradeError {
  if (error instanceof UpgradeError) return error;
  if (!(error instanceof Error)) return new UpgradeError('STATEMENT_FAILED', String(error));
  const { errno, code } = error as { errno?: number; code?: string };
  const found = BY_NUMBER[errno ?? 0] ?? BY_NAME[code ?? ''] ?? byMessage(code ?? '', error.message);
  const serverCode = errno !== undefined && errno > 0 ? String(errno) : null;
  return describeTrouble(found, label, { message: error.message, serverCode, cause: error });
}

function byMessage(code: string, message: string): UpgradeErrorCode {
  if (/certificate|self.signed|altname/i.test(message) || /^(ERR_TLS|CERT_|ERR_SSL)/.test(code)) return 'TLS_FAILED';
  if (/closed state|connection (lost|is closed)/i.test(message)) return 'DATABASE_GONE';
  return 'STATEMENT_FAILED';
}
