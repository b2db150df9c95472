import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
  type Policy,
  type RetryPolicy,
  retry,
} from 'cockatiel';
import { createRedisClient, type RedisClient } from './redis-client.ts';
import { RedisError, toRedisError } from './redis-error.ts';
import { RedisReader } from './redis-reader.ts';
import { describeRedis, type RedisSettings } from './redis-settings.ts';

/** `since` is in milliseconds since 1970. */
export type LinkStatus =
  | { readonly isUp: true; readonly since: number }
  | { readonly isUp: false; readonly since: number; readonly error: string };

export interface RedisLinkOptions {
  /** How the connections call themselves in `CLIENT LIST`. Default `grey`. */
  readonly name?: string;
  /** Default 2 000 ms. */
  readonly commandTimeoutMs?: number;
  /** Default 2 000 ms. */
  readonly connectTimeoutMs?: number;
  /** Wait before the second attempt; doubles with each. Default 1 000 ms, three attempts in all. */
  readonly retryDelayMs?: number;
  /** Told of each change between up and down. */
  readonly onStatus?: (status: LinkStatus) => void;
  readonly now?: () => number;
}

const ATTEMPTS = 3;
const FAILURES_THAT_BREAK = 5;
const BREAK_MS = 1_000;
/** How long an answer to "do we reach it?" may take before `open` goes on without. */
const FIRST_ANSWER_MS = 2_500;

/**
 * The way to Redis. Commands go through `run`, with a time-out, a few attempts and a breaker; a reader that blocks gets a
 * connection of its own. Connections come back by themselves, for ever. Everything sent through `run` may be sent twice.
 */
export class RedisLink {
  readonly settings: RedisSettings;
  readonly #options: RedisLinkOptions;
  readonly #client: RedisClient;
  readonly #retry: RetryPolicy;
  readonly #isOutage: Policy;
  #breaker: CircuitBreakerPolicy;
  readonly #readers = new Set<RedisReader>();
  readonly #secrets: readonly string[];
  readonly #closing = new AbortController();
  #status: LinkStatus;
  #hasConnected = false;

  constructor(settings: RedisSettings, options: RedisLinkOptions = {}) {
    this.settings = settings;
    this.#options = options;
    this.#secrets = settings.password === undefined ? [] : [settings.password];
    this.#status = { isUp: false, since: this.#now(), error: 'not connected yet' };
    this.#client = this.#createClient('', options.commandTimeoutMs ?? 2_000);
    this.#client.on('ready', () => this.#setUp());
    this.#client.on('close', () => this.#setDown('the connection was closed'));
    this.#client.on('error', (error) => this.#setDown(this.#clean(error).message));
    // Refused commands are the caller's mistake and say nothing about the connection.
    this.#isOutage = handleWhen((error) => error instanceof RedisError && error.code === 'REDIS_UNAVAILABLE');
    const backoff = new ExponentialBackoff({
      initialDelay: options.retryDelayMs ?? 1_000,
      exponent: 2,
      generator: noJitterGenerator,
    });
    this.#retry = retry(this.#isOutage, { maxAttempts: ATTEMPTS - 1, backoff });
    this.#breaker = this.#createBreaker();
  }

  get status(): LinkStatus {
    return this.#status;
  }

  /** Whether commands are refused at once, because several in a row went unanswered. */
  get isBroken(): boolean {
    return this.#breaker.state === CircuitState.Open;
  }

  /** Kind and addresses, without secrets. */
  get description(): string {
    return describeRedis(this.settings);
  }

  get isCluster(): boolean {
    return this.settings.kind === 'cluster';
  }

  /** Resolves when Redis answered or the first attempt failed; from then on it connects by itself. */
  async open(): Promise<void> {
    if (this.#hasConnected || this.#closing.signal.aborted) return;
    this.#hasConnected = true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_ANSWER_MS);
    });
    const attempt = this.#client.connect().catch((error) => this.#setDown(this.#clean(error).message));
    await Promise.race([attempt, patience]);
    clearTimeout(timer);
  }

  /**
   * Runs commands: three attempts with growing waits unless Redis refuses them, and none while the breaker is open.
   * @param work may run more than once
   * @throws RedisError REDIS_UNAVAILABLE, REDIS_REFUSED
   */
  run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#execute(() => this.#retry.execute(() => this.#once(work), this.#closing.signal));
  }

  /** As `run`, with one attempt: for what comes again by itself. @throws RedisError */
  runOnce<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#execute(() => this.#once(work));
  }

  /** A connection of its own for reads that block; it ends with the link. */
  openReader(): RedisReader {
    const reader: RedisReader = new RedisReader(
      (timeoutMs) => this.#createClient(':reader', timeoutMs),
      (error) => this.#clean(error),
      () => this.#readers.delete(reader),
    );
    this.#readers.add(reader);
    return reader;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const reader of [...this.#readers]) reader.close();
    this.#client.disconnect();
  }

  #once<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#breaker.execute(async () => {
      try {
        return await work(this.#client);
      } catch (error) {
        throw this.#clean(error);
      }
    });
  }

  async #execute<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#clean(error);
    }
  }

  #createClient(suffix: string, commandTimeoutMs: number): RedisClient {
    const { name = 'grey', connectTimeoutMs = 2_000 } = this.#options;
    const client = createRedisClient(this.settings, { name: name + suffix, commandTimeoutMs, connectTimeoutMs });
    // Without a listener ioredis writes to the console; what matters of it arrives with the command that failed.
    client.on('error', () => undefined);
    return client;
  }

  #clean(error: unknown): RedisError {
    return toRedisError(error, this.#secrets);
  }

  #createBreaker(): CircuitBreakerPolicy {
    const breaker = new ConsecutiveBreaker(FAILURES_THAT_BREAK);
    return circuitBreaker(this.#isOutage, { halfOpenAfter: BREAK_MS, breaker });
  }

  #setUp(): void {
    // Connected anew: what the old connection did says nothing any more.
    this.#breaker = this.#createBreaker();
    if (this.#status.isUp || this.#closing.signal.aborted) return;
    this.#status = { isUp: true, since: this.#now() };
    this.#options.onStatus?.(this.#status);
  }

  #setDown(error: string): void {
    const before = this.#status;
    // The first words are the cause; "closed" only follows from it.
    if (this.#closing.signal.aborted || (!before.isUp && error === 'the connection was closed')) return;
    this.#status = { isUp: false, since: before.isUp ? this.#now() : before.since, error };
    if (before.isUp) this.#options.onStatus?.(this.#status);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
