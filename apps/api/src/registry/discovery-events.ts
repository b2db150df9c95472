import { setTimeout as pause } from 'node:timers/promises';
import type { DiscoveryRedis } from './discovery-redis.ts';

const BLOCK_MS = 2_000;
const AGAIN_MS = 200;

/** Reads the stream of events for as long as it is not stopped, and tells which services have come how far. */
export class DiscoveryEvents {
  readonly #redis: DiscoveryRedis;
  readonly #tell: (sequences: ReadonlyMap<string, number>) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #isStopped = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(
    redis: DiscoveryRedis,
    tell: (sequences: ReadonlyMap<string, number>) => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#redis = redis;
    this.#tell = tell;
    this.#onError = onError;
  }

  start(): void {
    this.#reading = this.#read();
  }

  /** The connection must be closed as well, or the last read takes its time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#redis.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    let after: string | undefined;
    while (!this.#isStopped) {
      try {
        if (!this.#redis.isUp) await pause(AGAIN_MS, undefined, { ref: false });
        else if (after === undefined) after = await this.#redis.lastEventId();
        else {
          const { lastId, sequences } = await this.#redis.readEvents(after, BLOCK_MS);
          after = lastId;
          await this.#tell(sequences);
        }
      } catch (error) {
        if (this.#isStopped) return;
        // Ids are times: also a stream that begins anew goes on behind the last one. What is missed is found by comparing.
        this.#onError(error);
        await pause(AGAIN_MS, undefined, { ref: false });
      }
    }
  }
}
