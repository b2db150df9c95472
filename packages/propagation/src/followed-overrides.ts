import { redisKeys } from '@grey/contracts';
import type { HoldRecord, Position, Snapshot } from '@grey/route-core';
import { z } from 'zod';
import { OverrideLayer } from './override-layer.ts';
import { comparePositions } from './publication.ts';
import type { RedisLink } from './redis-link.ts';

const holdSchema = z.object({
  id: z.string(),
  serviceId: z.string(),
  fromVersion: z.string(),
  toVersion: z.string(),
  scope: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('tenants'), tenantIds: z.array(z.string()) }),
    z.object({ kind: z.literal('tag'), tag: z.string() }),
  ]),
});
const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pending'), override: z.object({ hold: holdSchema }) }),
  z.object({ kind: z.literal('settled'), position: z.object({ epoch: z.string(), revision: z.number() }) }),
]);

/**
 * Emergency rollbacks that the log does not have yet, as replicas of the API tell of them in Redis: laid over every snapshot
 * until the log says whether they are in force. A copy that is gone because Redis was emptied stays in force here.
 */
export class FollowedOverrides {
  readonly #link: Pick<RedisLink, 'runOnce'>;
  readonly #layer = new OverrideLayer();
  readonly #pending = new Map<string, HoldRecord>();
  /** From which position on the log alone says whether a hold is in force. */
  readonly #settled = new Map<string, Position>();
  readonly #ended = new Set<string>();

  constructor(link: Pick<RedisLink, 'runOnce'>) {
    this.#link = link;
  }

  /** Reads what there is. @returns whether snapshots may come out otherwise than before. @throws RedisError */
  async look(): Promise<boolean> {
    const texts = await this.#link.runOnce((client) => client.hgetall(redisKeys.overrides));
    let isChanged = false;
    for (const [id, text] of Object.entries(texts)) {
      // Said of something that was never laid over here: the log alone counts.
      const entry = this.#ended.has(id) ? undefined : read(text);
      if (entry?.kind === 'settled') {
        isChanged ||= this.#pending.has(id) && !this.#settled.has(id);
        this.#settled.set(id, entry.position);
      } else if (entry !== undefined && !this.#pending.has(id)) {
        this.#pending.set(id, entry.override.hold);
        isChanged = true;
      }
    }
    return isChanged;
  }

  /** The snapshot with what is pending laid over. @param base as the log has it, the newest there is */
  over(base: Snapshot): Snapshot {
    for (const [id, position] of this.#settled) {
      if (comparePositions(base.position, position) < 0) continue;
      this.#settled.delete(id);
      this.#pending.delete(id);
      this.#ended.add(id);
    }
    this.#layer.set([...this.#pending.values()]);
    return this.#layer.over(base);
  }
}

function read(text: string): z.infer<typeof entrySchema> | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
