import { seededRandom } from '@grey/testkit';
import { Redis } from 'ioredis';
import { type Replicas, startReplicas } from '../../bench/start-replicas.ts';
import { type CallProduct, callerFor, UnexpectedAnswer } from '../../call-product.ts';

/** Two replicas of the API, PostgreSQL and Redis, which are killed and come back as a seed says. */
export class KillableProduct {
  readonly replicas: Replicas;
  /** One for each replica. */
  readonly calls: readonly CallProduct[];
  readonly kills: Record<string, number> = {};
  refused = 0;
  unanswered = 0;
  readonly random: () => number;
  readonly #client: Redis;
  readonly #down = new Set<'postgres' | number>();
  #onBegun: (replica: number) => void = () => {};

  private constructor(replicas: Replicas, seed: number) {
    this.replicas = replicas;
    this.calls = replicas.apis.map(({ url }) => callerFor(url, replicas.token));
    this.random = seededRandom(seed);
    this.#client = new Redis(replicas.redis.url);
    this.#client.on('error', () => undefined);
  }

  static async start(seed: number): Promise<KillableProduct> {
    return new KillableProduct(await startReplicas(2), seed);
  }

  get isLogUp(): boolean {
    return !this.#down.has('postgres');
  }

  /** Told of a replica before it is started again. */
  onBegun(listener: (replica: number) => void): void {
    this.#onBegun = listener;
  }

  async killOrBring(what: 'postgres' | number): Promise<void> {
    if (this.#down.has(what)) await this.bring(what);
    else if (what === 'postgres') {
      this.#down.add(what);
      await this.replicas.postgres.kill();
      this.#count('postgres');
    } else if (this.#down.has('postgres') || this.random() < 0.7) {
      await this.killApi(what);
      // It comes back to what is there: its disk, Redis, or all.
      if (this.random() < 0.7) await this.bring(what);
    }
  }

  async killApi(replica: number): Promise<void> {
    if (this.#down.has(replica)) return;
    this.#down.add(replica);
    await this.replicas.apis[replica]?.kill();
    this.#count('replica');
  }

  async bring(what: 'postgres' | number): Promise<void> {
    if (what === 'postgres') await this.replicas.postgres.restart();
    else {
      this.#onBegun(what);
      await this.replicas.apis[what]?.restart();
    }
    this.#down.delete(what);
  }

  async allBack(): Promise<void> {
    if (this.#down.has('postgres')) await this.bring('postgres');
    for (const what of [...this.#down]) await this.bring(what);
  }

  async flush(): Promise<void> {
    await this.#client.flushall();
    this.#count('redis emptied');
  }

  /** @returns undefined when it was refused, or nobody knows the answer */
  async ask<T>(by: number, method: string, target: string, body: unknown): Promise<T | undefined> {
    try {
      return await this.calls[by]?.<T>(method, target, body);
    } catch (error) {
      if (error instanceof UnexpectedAnswer) this.refused++;
      else this.unanswered++;
      return undefined;
    }
  }

  somebody(): number | undefined {
    const up = this.replicas.apis.map((_, number) => number).filter((number) => !this.#down.has(number));
    return up.length === 0 ? undefined : this.pick(up);
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)] as T;
  }

  async stop(): Promise<void> {
    this.#client.disconnect();
    await this.replicas.stop();
  }

  #count(what: string): void {
    this.kills[what] = (this.kills[what] ?? 0) + 1;
  }
}
