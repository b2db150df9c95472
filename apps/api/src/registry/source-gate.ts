import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  isBrokenCircuitError,
} from 'cockatiel';
import { type RegistrySource, SourceUnavailableError } from './sources/registry-source.ts';

/** How a foreign registry is doing, as this replica sees it. All times are milliseconds since 1970. */
export interface SourceHealth {
  readonly isUp: boolean;
  readonly lastGoodAt: number | undefined;
  /** What is known is as old as this; undefined while the registry answers. */
  readonly staleSince: number | undefined;
  readonly error: string | undefined;
  readonly breaker: 'closed' | 'open' | 'half_open';
  readonly failureCount: number;
}

export interface SourceGateOptions {
  readonly now?: () => number;
  /** After three failures running, the registry is left alone for so long. Default 5 000 ms. */
  readonly breakMs?: number;
}

const FAILURES_THAT_BREAK = 3;

/**
 * The way to a foreign registry: opens it when it can be reached, counts what fails, and leaves it alone for a while when
 * too much does. Whether it is up is said by the last answer to `listServices`, which every sync begins with.
 */
export class SourceGate {
  readonly #open: () => Promise<RegistrySource>;
  readonly #now: () => number;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #startedAt: number;
  #source: RegistrySource | undefined;
  #opening: Promise<RegistrySource> | undefined;
  #lastGoodAt: number | undefined;
  #error: string | undefined = 'not asked yet';
  #failureCount = 0;
  #isClosed = false;

  constructor(open: () => Promise<RegistrySource>, options: SourceGateOptions = {}) {
    this.#open = open;
    this.#now = options.now ?? Date.now;
    this.#startedAt = this.#now();
    this.#breaker = circuitBreaker(handleAll, {
      halfOpenAfter: options.breakMs ?? 5_000,
      breaker: new ConsecutiveBreaker(FAILURES_THAT_BREAK),
    });
  }

  /** The adapter in use; undefined until the registry has been reached. */
  get source(): RegistrySource | undefined {
    return this.#source;
  }

  get health(): SourceHealth {
    const isUp = this.#error === undefined;
    const { state } = this.#breaker;
    return {
      isUp,
      lastGoodAt: this.#lastGoodAt,
      staleSince: isUp ? undefined : (this.#lastGoodAt ?? this.#startedAt),
      error: this.#error,
      breaker: state === CircuitState.Closed ? 'closed' : state === CircuitState.HalfOpen ? 'half_open' : 'open',
      failureCount: this.#failureCount,
    };
  }

  /** @throws Error of the registry, or of the breaker */
  async listServices(): Promise<readonly string[]> {
    try {
      const names = await this.#ask((source) => source.listServices());
      this.#lastGoodAt = this.#now();
      this.#error = undefined;
      return names;
    } catch (error) {
      // That it is left alone for a while is no news; why, is.
      if (!isBrokenCircuitError(error)) this.#error = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  /** @throws Error of the registry, or of the breaker */
  listInstances(serviceName: string): ReturnType<RegistrySource['listInstances']> {
    return this.#ask((source) => source.listInstances(serviceName));
  }

  async close(): Promise<void> {
    // One that is just being opened is closed as soon as it is; that may take long, and nobody waits for it.
    this.#isClosed = true;
    await this.#forget();
  }

  #ask<T>(question: (source: RegistrySource) => Promise<T>): Promise<T> {
    return this.#breaker.execute(async () => {
      try {
        return await question(await this.#opened());
      } catch (error) {
        this.#failureCount++;
        // The server was replaced by one that speaks another API: probe anew.
        if (error instanceof SourceUnavailableError && error.failure === 'UNSUPPORTED') await this.#forget();
        throw error;
      }
    });
  }

  async #opened(): Promise<RegistrySource> {
    if (this.#isClosed) throw new SourceUnavailableError('CLOSED', 'The registry is no longer read.');
    if (this.#source !== undefined) return this.#source;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    const source = await this.#opening;
    if (this.#isClosed) await source.close();
    else this.#source = source;
    return source;
  }

  async #forget(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    await source?.close();
  }
}
