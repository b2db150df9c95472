import { setMaxListeners } from 'node:events';
import type { LoggerService } from '@nestjs/common';
import {
  BrokenCircuitError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
  retry,
  wrap,
} from 'cockatiel';
import type { NacosLogin } from './nacos-login.ts';
import { type NacosRequest, type NacosResponse, requestNacos } from './nacos-request.ts';
import type { NacosSettings } from './nacos-settings.ts';
import { SourceUnavailableError } from './registry-source.ts';

const ATTEMPTS = 3;
const FAILURES_THAT_BREAK = 5;
/** Requests at once; the others wait. Those who subscribe to hundreds of services would open as many connections. */
const MOST_AT_ONCE = 16;

/** `isFound` false: the API is there and says that what was asked for is not. */
export interface NacosAnswer {
  readonly isFound: boolean;
  readonly body: unknown;
}

export type SourceLogger = Pick<LoggerService, 'log' | 'warn'>;

/**
 * The way to the servers of one Nacos: turns from one that fails to the next, logs in, tries three times, and leaves them
 * alone for a while when all of that fails again and again. An answer is JSON, or there is none.
 */
export class NacosHttp {
  readonly #settings: NacosSettings;
  readonly #login: NacosLogin | undefined;
  readonly #logger: SourceLogger;
  readonly #closing = new AbortController();
  readonly #isOutage = handleWhen(
    (error) => error instanceof SourceUnavailableError && ['UNREACHABLE', 'GARBAGE'].includes(error.failure),
  );
  readonly #breaker;
  readonly #once;
  readonly #persistent;
  #turn = 0;
  /** Undefined until the first answer: whoever opens a source is told by what that throws. */
  #hasFailed: boolean | undefined;

  constructor(settings: NacosSettings, login: NacosLogin | undefined, logger: SourceLogger) {
    this.#settings = settings;
    this.#login = login;
    this.#logger = logger;
    this.#breaker = circuitBreaker(this.#isOutage, {
      halfOpenAfter: settings.breakMs,
      breaker: new ConsecutiveBreaker(FAILURES_THAT_BREAK),
    });
    const backoff = new ExponentialBackoff({
      initialDelay: settings.retryDelayMs,
      exponent: 2,
      generator: noJitterGenerator,
    });
    // A source that is closed while it waits for its next attempt must not hold the process.
    const retries = retry(this.#isOutage, { maxAttempts: ATTEMPTS - 1, backoff }).dangerouslyUnref();
    // Whoever has waited for a place while the breaker opened is turned away at once.
    this.#once = wrap(bulkhead(MOST_AT_ONCE, Number.POSITIVE_INFINITY), this.#breaker);
    this.#persistent = wrap(retries, this.#once);
    // Every request of hundreds listens for the end.
    setMaxListeners(0, this.#closing.signal);
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Asks up to three times. @throws SourceUnavailableError */
  get(path: string, query: Readonly<Record<string, string>>): Promise<NacosAnswer> {
    return this.#guarded(() => this.#persistent.execute(() => this.#askServers({ method: 'GET', path, query })));
  }

  /**
   * Asks once, for those who ask again soon anyway.
   * @param agent see NacosRequest
   * @throws SourceUnavailableError
   */
  poll(path: string, query: Readonly<Record<string, string>>, agent?: string): Promise<NacosAnswer> {
    return this.#guarded(() => this.#once.execute(() => this.#askServers({ method: 'GET', path, query, agent })));
  }

  /** Cuts what is under way; everything asked later fails at once. */
  close(): void {
    this.#closing.abort();
  }

  async #guarded(ask: () => Promise<NacosAnswer>): Promise<NacosAnswer> {
    const closed = () => new SourceUnavailableError('CLOSED', 'The source is closed.');
    if (this.isClosed) throw closed();
    try {
      const answer = await untilAborted(ask(), this.#closing.signal);
      if (this.#hasFailed) this.#logger.log('Nacos can be read again.');
      this.#hasFailed = false;
      return answer;
    } catch (error) {
      if (this.isClosed) throw closed();
      const failure = error instanceof BrokenCircuitError ? this.#whileBroken() : error;
      // Once an outage: with hundreds of services every poll would say it.
      if (this.#hasFailed === false) {
        this.#logger.warn(`Nacos cannot be read: ${(failure as Error).message}`);
        this.#hasFailed = true;
      }
      throw failure;
    }
  }

  #whileBroken(): SourceUnavailableError {
    const last = this.#breaker.lastFailure;
    const cause: unknown = last !== undefined && 'error' in last ? last.error : undefined;
    const why = cause instanceof Error ? ` Last: ${cause.message}` : '';
    return new SourceUnavailableError('UNREACHABLE', `Nacos failed too often and is left alone for a while.${why}`, {
      cause,
    });
  }

  /** Each server once, from the one that answered last. */
  async #askServers(request: NacosRequest): Promise<NacosAnswer> {
    const { bases } = this.#settings;
    for (let tried = 1; ; tried++) {
      const turn = this.#turn;
      try {
        return await this.#askOne(bases[turn % bases.length] as string, request);
      } catch (error) {
        const isOutage = error instanceof SourceUnavailableError && ['UNREACHABLE', 'GARBAGE'].includes(error.failure);
        if (!isOutage) throw error;
        // Of many that fail at once on the same server, only the first turns to the next one.
        if (this.#turn === turn) this.#turn += 1;
        if (tried >= bases.length) throw error;
      }
    }
  }

  async #askOne(base: string, request: NacosRequest): Promise<NacosAnswer> {
    const send = (one: NacosRequest): Promise<NacosResponse> =>
      requestNacos(base, one, this.#settings.timeoutMs, this.#closing.signal);
    const token = await this.#login?.getToken(send);
    let response = await send({ ...request, token });
    if (token !== undefined && isRefusal(response) && this.#login?.forget(token)) {
      response = await send({ ...request, token: await this.#login.getToken(send) });
    }
    return readAnswer(response, `${request.method} ${base}${request.path}`);
  }
}

function isRefusal({ status }: NacosResponse): boolean {
  return status === 401 || status === 403;
}

function readAnswer(response: NacosResponse, what: string): NacosAnswer {
  const { status, text } = response;
  if (isRefusal(response)) throw new SourceUnavailableError('REFUSED', `${what}: ${status}, no right to read this.`);
  if (status >= 500 || status === 429) throw new SourceUnavailableError('UNREACHABLE', `${what}: ${status}.`);
  const body = parse(text);
  // The API's own "not found" comes in its envelope, with 400 or 404; without one, nobody there knows this path.
  if ([400, 404, 410].includes(status) && hasCode(body)) return { isFound: false, body };
  if (status === 404 || status === 410) {
    throw new SourceUnavailableError('UNSUPPORTED', `${what}: ${status}, the server does not have this API.`);
  }
  if (status !== 200) throw new SourceUnavailableError('REFUSED', `${what}: ${status}.`);
  // With authentication on, 3.1 answers an empty 200 in the first seconds after its start.
  if (body === undefined) {
    throw new SourceUnavailableError(
      'GARBAGE',
      `${what}: ${text === '' ? 'an empty answer' : 'an answer that is no JSON'}.`,
    );
  }
  return { isFound: true, body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasCode(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'number';
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
