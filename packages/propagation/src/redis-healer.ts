import type { Position } from '@grey/route-core';
import { type Healing, planHealing } from './plan-healing.ts';
import type { PublicationSource, PublishedChange } from './publication.ts';
import type { Rebuilder } from './rebuilder.ts';
import type { RedisLink } from './redis-link.ts';
import { type RedisPosition, readPosition } from './redis-position.ts';

/** What a comparison of Redis with the log showed. */
export interface Seen {
  readonly redis?: Position;
  readonly log: Position;
}

/** How healing goes: `leave` means that Redis is of a later epoch, or further than this log. */
export type HealingState = 'in_sync' | 'behind' | 'rebuilding' | 'leave';

export interface RedisHealerOptions {
  readonly link: Pick<RedisLink, 'run'>;
  readonly source: PublicationSource;
  readonly rebuilder: Rebuilder;
  readonly publish: (changes: readonly PublishedChange[]) => Promise<unknown>;
  readonly onState: (state: HealingState, seen: Seen) => void;
}

type Comparison = Seen & { readonly healing: Healing; readonly redis?: RedisPosition };

/** Brings Redis back to the log, by the changes it lacks or, where those cannot be had, by a rebuild. */
export class RedisHealer {
  readonly #options: RedisHealerOptions;
  #rebuildCount = 0;

  constructor(options: RedisHealerOptions) {
    this.#options = options;
  }

  /** Rebuilds done by this replica. */
  get rebuildCount(): number {
    return this.#rebuildCount;
  }

  /** @throws RedisError, and what the source throws */
  async heal(): Promise<void> {
    // Twice at most: after a rebuild the log may have moved on. What is left then comes with the next tick.
    for (let round = 0; round < 3; round++) {
      const { healing, ...seen } = await this.#compare();
      this.#options.onState(STATE_OF[healing], seen);
      if (healing === 'nothing' || healing === 'leave' || round === 2) return;
      const isOn = healing === 'rebuild' ? await this.#rebuild() : await this.#catchUp(seen.redis);
      if (!isOn) return;
    }
  }

  /** Rebuilds if changes that the projection lacks are gone from the log. @throws as `heal` */
  async rebuildUnlessReachable(): Promise<boolean> {
    return this.#rebuild(async () => {
      const { healing, redis } = await this.#compare();
      if (healing === 'rebuild' || redis?.projected === undefined) return true;
      if (healing === 'leave') return false;
      return (await this.#options.source.loadChanges({ epoch: redis.epoch, revision: redis.projected })) === 'reset';
    });
  }

  async #catchUp(redis: RedisPosition | undefined): Promise<boolean> {
    const missing = redis === undefined ? 'reset' : await this.#options.source.loadChanges(redis);
    if (missing === 'reset') return this.rebuildUnlessReachable();
    await this.#options.publish(missing);
    return true;
  }

  /** Redis is read before the log: one that seems further than its log really is. */
  async #compare(): Promise<Comparison> {
    const redis = await this.#options.link.run(readPosition);
    const log = await this.#options.source.currentPosition();
    return { healing: planHealing(redis, log), ...(redis === undefined ? {} : { redis }), log };
  }

  /** @returns false when another replica is at it, or has taken our lock */
  async #rebuild(isNeeded = async () => (await this.#compare()).healing === 'rebuild'): Promise<boolean> {
    const outcome = await this.#options.rebuilder.rebuild(isNeeded);
    if (outcome === 'done') this.#rebuildCount++;
    return outcome === 'done' || outcome === 'unneeded';
  }
}

const STATE_OF = {
  nothing: 'in_sync',
  publish: 'behind',
  rebuild: 'rebuilding',
  leave: 'leave',
} as const satisfies Record<Healing, HealingState>;
