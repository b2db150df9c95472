import { type Position, positionSchema, redisKeys } from '@grey/contracts';
import type { RedisLink } from '@grey/propagation';
import { z } from 'zod';
import { type Override, overrideSchema } from './override.ts';

/** What replicas tell each other of one rollback: what it is, or that the log has it and it is no override any more. */
export type SharedOverride =
  | { readonly kind: 'pending'; readonly override: Override }
  | { readonly kind: 'settled'; readonly position: Position };

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pending'), override: overrideSchema }),
  z.object({ kind: z.literal('settled'), at: z.number(), position: positionSchema }),
]);

/** Every replica has heard of what was settled after this long, in milliseconds. */
export const KEPT_MS = 24 * 3_600_000;
type RedisClient = Parameters<Parameters<RedisLink['runOnce']>[0]>[0];
/** How long Redis may hold up an answer, in milliseconds. */
const PATIENCE_MS = 1_000;

/** The copies of overrides in Redis, by which other replicas put them in force. */
export class SharedOverrides {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  /** All that can be read. @throws Error when Redis is away */
  async list(): Promise<Map<string, SharedOverride>> {
    const all = new Map<string, SharedOverride>();
    for (const [id, text] of Object.entries(await this.#run((client) => client.hgetall(redisKeys.overrides)))) {
      const entry = entrySchema.safeParse(parse(text));
      if (entry.success) all.set(id, entry.data as SharedOverride);
      if (entry.data?.kind === 'settled' && entry.data.at < Date.now() - KEPT_MS)
        await this.#run((client) => client.hdel(redisKeys.overrides, id));
    }
    return all;
  }

  /** Puts a copy there, unless there is one, or it is known as settled. @throws Error when Redis is away */
  async share(override: Override): Promise<void> {
    const text = JSON.stringify({ kind: 'pending', override });
    await this.#run((client) => client.hsetnx(redisKeys.overrides, override.hold.id, text));
  }

  /** @throws Error when Redis is away */
  async settle(id: string, position: Position): Promise<void> {
    const text = JSON.stringify({ kind: 'settled', at: Date.now(), position });
    await this.#run((client) => client.hset(redisKeys.overrides, id, text));
  }

  async #run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Redis did not answer in time')), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.#link.runOnce(work), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
