import { UpgradeError, type UpgradeErrorCode } from './upgrade-error.ts';

/** What the operating system says of a connection that could not be made, or that broke. */
export const BY_SYSTEM_CALL: Readonly<Record<string, UpgradeErrorCode>> = {
  ENOTFOUND: 'HOST_UNKNOWN',
  EAI_AGAIN: 'UNREACHABLE',
  ECONNREFUSED: 'UNREACHABLE',
  EHOSTUNREACH: 'UNREACHABLE',
  ENETUNREACH: 'UNREACHABLE',
  ECONNRESET: 'DATABASE_GONE',
  EPIPE: 'DATABASE_GONE',
};

const SENTENCES: Partial<Readonly<Record<UpgradeErrorCode, string>>> = {
  CREDENTIALS_WRONG: 'refuses the user or the password',
  DATABASE_GONE: 'ended the session',
  DATABASE_MISSING: 'has no such database',
  DISK_FULL: 'has no space left on its disk',
  HOST_UNKNOWN: 'has a host name that cannot be resolved',
  TLS_FAILED: 'does not speak TLS as demanded',
  TOO_MANY_CONNECTIONS: 'takes no more connections',
  UNREACHABLE: 'does not answer',
};

/** What a library has thrown, as far as it is told on. */
export interface Trouble {
  readonly message: string;
  readonly serverCode: string | null;
  readonly cause: unknown;
}

/**
 * One sentence on what is wrong: ours in front where the server's own does not say which database it is about.
 *
 * @param label of the database, without credentials
 */
export function describeTrouble(code: UpgradeErrorCode, label: string, trouble: Trouble): UpgradeError {
  const sentence = SENTENCES[code];
  const message = sentence === undefined ? trouble.message : `${label} ${sentence}: ${trouble.message}`;
  return new UpgradeError(code, message, trouble);
}
