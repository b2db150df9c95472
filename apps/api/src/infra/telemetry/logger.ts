import type { LoggerService, LogLevel } from '@nestjs/common';
import pino, { type DestinationStream, type Logger } from 'pino';

/** Names under which secrets could reach a log line, at the top and one level down. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'accessToken',
  'secret',
  'key',
  'apiKey',
  'passwordHash',
];

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** The JSON logger of the process. Values under the name of a secret are replaced, addresses of databases lose their password. */
export function createLogger(level: Level, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: 'grey-router' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.headers.${key}`]), censor: '[redacted]' },
    serializers: { err: serializeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** What Nest tells of its own start: some hundred lines that only matter to who looks for a fault there. */
const STARTUP_PLACES = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Lets Nest and everybody who uses its Logger write to ours. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, ...rest: unknown[]): void {
    const isStartup = STARTUP_PLACES.has(String(rest.at(-1)));
    this.#write(isStartup ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** The level comes from the configuration; Nest does not change it. */
  setLogLevels(_levels: LogLevel[]): void {}

  /** Nest passes the name of the place last, and before it a stack where it has one. */
  #write(level: Exclude<Level, 'silent'>, message: unknown, rest: unknown[]): void {
    const place = rest.length > 0 && typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
    const stack = rest.slice(0, -1).find((part) => typeof part === 'string' && part.includes('\n    at '));
    const fields = { ...(place === undefined ? {} : { place }), ...(stack === undefined ? {} : { stack }) };
    if (message instanceof Error) this.#logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.#logger[level]({ ...fields, ...message });
    else this.#logger[level](fields, String(message));
  }
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: hidePasswords(error.message),
    ...(code === undefined ? {} : { code }),
    stack: hidePasswords(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}

function hidePasswords(text: string): string {
  return text.replaceAll(/(\w+:\/\/[^\s:@/]+):[^\s@/]+@/g, '$1:[redacted]@');
}
