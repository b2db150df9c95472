/** What can go wrong with a tenant's database; stable, as API and console show them. */
export type UpgradeErrorCode =
  | 'BACKUP_FAILED'
  | 'BACKUP_UNUSABLE'
  | 'CANCELLED'
  | 'CHECKSUM_CHANGED'
  | 'CREDENTIALS_WRONG'
  | 'DATABASE_GONE'
  | 'DATABASE_MISSING'
  | 'DISK_FULL'
  | 'FENCED'
  | 'HOST_UNKNOWN'
  | 'IRREVERSIBLE'
  | 'LOCK_HELD'
  | 'LOCK_TIMED_OUT'
  | 'NEEDS_OPERATOR'
  | 'NOT_CLEARED'
  | 'PERMISSION_DENIED'
  | 'PLAN_INVALID'
  | 'SCHEMA_MISSING'
  | 'STATEMENT_FAILED'
  | 'STATEMENT_TIMED_OUT'
  | 'TIMED_OUT'
  | 'TLS_FAILED'
  | 'TOO_MANY_CONNECTIONS'
  | 'TRANSACTION_CONFLICT'
  | 'UNREACHABLE';

/** Codes after which the same statement may well succeed a moment later. */
const PASSING: ReadonlySet<UpgradeErrorCode> = new Set([
  'LOCK_TIMED_OUT',
  'STATEMENT_TIMED_OUT',
  'TRANSACTION_CONFLICT',
]);

/** Codes that say that there is no session any more, and nothing about what became of the statement. */
const LOST: ReadonlySet<UpgradeErrorCode> = new Set(['DATABASE_GONE', 'TOO_MANY_CONNECTIONS', 'UNREACHABLE']);

/**
 * A failure that is told to the operator: a stable code and one sentence. The sentence never holds a credential, nor the
 * server's `detail`, which quotes rows of the tenant's data.
 */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';
  readonly code: UpgradeErrorCode;
  /** The server's own code: an SQLSTATE, or MySQL's error number; null when it did not come from a server. */
  readonly serverCode: string | null;

  constructor(code: UpgradeErrorCode, message: string, options: { serverCode?: string | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.serverCode = options.serverCode ?? null;
  }

  /** True when waiting and trying again is sensible. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }

  /** True when the session is gone, so that only the database itself can tell how far things got. */
  get isConnectionLost(): boolean {
    return LOST.has(this.code);
  }
}
