import { UpgradeError } from '@grey/schema-upgrades';
import { ApiError } from '../infra/http/api-error.ts';

/** Codes that say that there was no way to the database. */
const CONNECTION = new Set<string>([
  'CREDENTIALS_WRONG',
  'DATABASE_GONE',
  'DATABASE_MISSING',
  'HOST_UNKNOWN',
  'SCHEMA_MISSING',
  'TIMED_OUT',
  'TLS_FAILED',
  'TOO_MANY_CONNECTIONS',
  'UNREACHABLE',
]);

/** Codes that say that nothing had been begun. */
export const BEFORE_ANYTHING = new Set<string>([...CONNECTION, 'BACKUP_UNUSABLE', 'LOCK_HELD', 'FENCED']);

/** What went wrong, in the words of the API. @param isUntouched the database is as it was */
export function inWords(error: unknown, code: 'BACKUP_FAILED' | 'RESTORE_FAILED', isUntouched = true): unknown {
  if (!(error instanceof UpgradeError)) return error;
  const reason = error.cause instanceof UpgradeError ? error.cause : error;
  const detail = isUntouched
    ? error.message
    : `${error.message}. Some tables may be missing or half filled: restore the same backup again, which brings it to its end.`;
  if (reason.code === 'LOCK_HELD') return new ApiError('UPGRADE_RUNNING', { detail }, { cause: error });
  if (isUntouched && CONNECTION.has(reason.code))
    return new ApiError('TENANT_DATABASE_UNAVAILABLE', { detail }, { cause: error });
  if (reason.code === 'BACKUP_UNUSABLE' && isUntouched)
    return new ApiError('BACKUP_NOT_USABLE', { detail }, { cause: error });
  return new ApiError(code, { detail }, { cause: error });
}
