/**
 * Redis did not answer, or answered with an error. Made anew from the client's error, as that one carries the command with
 * its arguments — passwords and tenants' data among them — and would take them into the log.
 */
export class RedisError extends Error {
  readonly code: 'REDIS_UNAVAILABLE' | 'REDIS_REFUSED';

  constructor(code: RedisError['code'], message: string) {
    super(message);
    this.name = 'RedisError';
    this.code = code;
  }
}

/** What of a server's error may be repeated: its code and its words, but for these the words quote what was sent. */
const QUOTING = /^(ERR unknown command|ERR unknown subcommand|ERR Error compiling script)/;

/** What the client and the breaker say, as an operator would. */
const WORDS = new Map([
  ["Stream isn't writeable and enableOfflineQueue options is false", 'not connected'],
  ["Cluster isn't ready and enableOfflineQueue options is false", 'not connected'],
  ['Connection is closed.', 'the connection was closed'],
  ['Command timed out', 'no answer in time'],
  ['Execution prevented because the circuit breaker is open', 'paused after several failures in a row'],
]);

/** @param secrets texts that must not appear */
export function toRedisError(error: unknown, secrets: readonly string[] = []): RedisError {
  if (error instanceof RedisError) return error;
  const { name, message, code } = describe(error);
  let text = QUOTING.test(message) ? (QUOTING.exec(message)?.[0] ?? name) : message;
  text = WORDS.get(text) ?? text;
  for (const secret of secrets) text = text.replaceAll(secret, '***');
  const isRefused = name === 'ReplyError' && !/^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|BUSY\b)/.test(text);
  return new RedisError(isRefused ? 'REDIS_REFUSED' : 'REDIS_UNAVAILABLE', text === '' ? code : text);
}

function describe(error: unknown): { name: string; message: string; code: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: 'unknown' };
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  // Several addresses of one host name were tried: the last error says enough.
  if (error instanceof AggregateError && error.message === '') return describe(error.errors.at(-1));
  const last = (error as { lastNodeError?: unknown }).lastNodeError;
  if (last instanceof Error && last.message !== '') return describe(last);
  return { name: error.name, message: error.message, code };
}
