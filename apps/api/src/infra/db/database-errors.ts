import { ApiError } from '../http/api-error.ts';

// biome-ignore format: the groups are read as lines
const UNAVAILABLE_CODES = new Set([
  // Prisma: cannot reach, timed out, connection closed, pool exhausted, transaction could not start or was lost
  'P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037',
  // sockets
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH',
]);
/** SQLSTATE classes: connection, insufficient resources, operator intervention (shutdown), system error. */
const UNAVAILABLE_CLASSES = ['08', '53', '57', '58'];
const UNAVAILABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'TooManyConnections',
  'SocketTimeout',
  'TlsConnectionError',
  'DatabaseDoesNotExist',
  'AuthenticationFailed',
]);
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|not queryable/;
const RETRYABLE_CODES = new Set(['P2034', '40001', '40P01']);

/** A row appeared between looking and writing: the transaction starts over and sees it. */
export class RaceLostError extends Error {}

/** Every code, kind and message an error carries, its causes included: Prisma wraps the driver's errors two deep. */
function* signsOf(error: unknown, depth = 0): Generator<string> {
  if (depth > 5 || typeof error !== 'object' || error === null) return;
  const one = error as Record<string, unknown>;
  for (const name of ['code', 'originalCode', 'kind', 'errorCode', 'message'])
    if (typeof one[name] === 'string') yield one[name];
  for (const name of ['cause', 'meta', 'driverAdapterError']) yield* signsOf(one[name], depth + 1);
}

/** True when the database cannot be reached, is shutting down or has no connection left. */
export function isUnavailable(error: unknown): boolean {
  for (const sign of signsOf(error)) {
    if (UNAVAILABLE_CODES.has(sign) || UNAVAILABLE_KINDS.has(sign) || UNAVAILABLE_TEXT.test(sign)) return true;
    if (/^[0-9A-Z]{5}$/.test(sign) && /[0-9]/.test(sign[0]!) && UNAVAILABLE_CLASSES.includes(sign.slice(0, 2)))
      return true;
  }
  return false;
}

/** True for a deadlock, a serialization failure and a lost race. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof RaceLostError) return true;
  for (const sign of signsOf(error)) if (RETRYABLE_CODES.has(sign) || sign === 'TransactionWriteConflict') return true;
  return false;
}

/** True when a row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  for (const sign of signsOf(error)) if (sign === 'P2002' || sign === '23505') return true;
  return false;
}

export function databaseUnavailable(cause: unknown): ApiError {
  return new ApiError('DATABASE_UNAVAILABLE', {}, { cause });
}
