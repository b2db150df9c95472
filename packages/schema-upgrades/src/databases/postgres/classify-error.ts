import { BY_SYSTEM_CALL, describeTrouble } from '../describe-trouble.ts';
import { UpgradeError, type UpgradeErrorCode } from '../upgrade-error.ts';

/** SQLSTATEs that mean something particular here; see PostgreSQL's appendix A. Two characters stand for a whole class. */
const BY_STATE: Readonly<Record<string, UpgradeErrorCode>> = {
  '08': 'DATABASE_GONE',
  '57P01': 'DATABASE_GONE', // admin_shutdown
  '57P02': 'DATABASE_GONE', // crash_shutdown
  '57P03': 'UNREACHABLE', // cannot_connect_now: starting or stopping
  '57P05': 'DATABASE_GONE', // idle_session_timeout
  '25P03': 'DATABASE_GONE', // idle_in_transaction_session_timeout
  '57014': 'STATEMENT_TIMED_OUT', // query_canceled
  '55P03': 'LOCK_TIMED_OUT', // lock_not_available
  '40001': 'TRANSACTION_CONFLICT', // serialization_failure
  '40P01': 'TRANSACTION_CONFLICT', // deadlock_detected
  '28': 'CREDENTIALS_WRONG',
  '3D000': 'DATABASE_MISSING',
  '3F000': 'SCHEMA_MISSING',
  '42501': 'PERMISSION_DENIED',
  '53100': 'DISK_FULL',
  '53300': 'TOO_MANY_CONNECTIONS',
  ETIMEDOUT: 'DATABASE_GONE', // The kernel's word for a peer that vanished; waiting for a connection has its own.
};

/**
 * Puts whatever the pg library throws into our words.
 *
 * @param label of the database, without credentials
 */
export function classifyPostgresError(error: unknown, label: string): UpgradeError {
  if (error instanceof UpgradeError) return error;
  const { code, message } = describe(error);
  const found = codeOf(code, message);
  const serverCode = /^[0-9A-Z]{5}$/.test(code) ? code : null;
  return describeTrouble(found, label, { message, serverCode, cause: error });
}

function codeOf(code: string, message: string): UpgradeErrorCode {
  const known = BY_STATE[code] ?? BY_SYSTEM_CALL[code];
  if (known !== undefined) return known;
  if (/^[0-9A-Z]{5}$/.test(code)) return BY_STATE[code.slice(0, 2)] ?? 'STATEMENT_FAILED';
  if (/does not support SSL|certificate|self.signed|altname/i.test(message) || /^(ERR_TLS|CERT_|ERR_SSL)/.test(code)) {
    return 'TLS_FAILED';
  }
  if (/password must be a string|SASL|authentication/i.test(message)) return 'CREDENTIALS_WRONG';
  if (/timeout expired|timeout exceeded when trying to connect/i.test(message)) return 'UNREACHABLE';
  if (/connection (terminated|ended)|not queryable|client was closed|socket/i.test(message)) return 'DATABASE_GONE';
  return 'STATEMENT_FAILED';
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = (error as { code?: unknown }).code;
  return { code: typeof code === 'string' ? code : '', message: error.message };
}
