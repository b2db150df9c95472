import { type Position, redisKeys } from '@grey/contracts';
import { applyDelta, buildSnapshot, type Snapshot, type SnapshotDelta } from '@grey/route-core';

const EPOCH = 'e';
export const VERSIONS = ['v0', 'v1', 'v2', 'v3'];
export const TENANTS = ['t0', 't1'];
type Draft = Omit<SnapshotDelta, 'epoch' | 'revision'>;

export function emptySnapshot(): Snapshot {
  return buildSnapshot({
    position: { epoch: EPOCH, revision: 0 },
    tenants: TENANTS.map((id) => ({ id, status: 'active' })),
    services: [
      {
        id: 's',
        unknownTenant: 'reject',
        balancer: 'random',
        fallback: 'fail',
        defaults: [],
        versions: VERSIONS.map((version, ordinal) => ({ version, ordinal, status: 'active' })),
      },
    ],
    assignments: TENANTS.map((tenantId) => ({ tenantId, serviceId: 's', version: 'v3', isPinned: false })),
    schemas: [],
    holds: [],
    instances: [],
  });
}

/** PostgreSQL as far as it matters here: a log of changes, where a hold is written once, and what it came to each time. */
export class ModelLog {
  isUp = false;
  readonly deltas: SnapshotDelta[] = [];
  /** The state at each revision. */
  readonly states: Snapshot[] = [emptySnapshot()];
  /** At which revision a hold was lifted. */
  readonly liftedAt = new Map<string, number>();

  get position(): Position {
    return { epoch: EPOCH, revision: this.deltas.length };
  }

  countOf(id: string): number {
    return this.deltas.filter(({ holds }) => holds?.upsert?.some((hold) => hold.id === id)).length;
  }

  write(draft: Draft): void {
    const delta = { epoch: EPOCH, revision: this.deltas.length + 1, ...draft };
    this.deltas.push(delta);
    this.states.push(applyDelta(this.states.at(-1) as Snapshot, delta));
  }

  lift(id: string): void {
    this.write({ holds: { remove: [id] } });
    this.liftedAt.set(id, this.deltas.length);
  }
}

/** Redis as far as it matters here: one hash. What speaks to it is the program's own. */
export class ModelRedis {
  isUp = true;
  readonly #overrides = new Map<string, string>();

  flush(): void {
    this.#overrides.clear();
  }

  /** Whether a rollback can be read here that the log does not have yet. */
  tellsOf(id: string): boolean {
    return this.isUp && (this.#overrides.get(id)?.includes('"pending"') ?? false);
  }

  /** As `RedisLink.runOnce`, for commands on the one hash. */
  runOnce = async (work: (client: never) => Promise<unknown>): Promise<never> => {
    if (!this.isUp) throw new Error('Redis is away');
    const all = this.#hash;
    const client = {
      hgetall: async (key: string) => Object.fromEntries(all(key)),
      hset: async (key: string, id: string, text: string) => all(key).set(id, text).size,
      hsetnx: async (key: string, id: string, text: string) => all(key).set(id, all(key).get(id) ?? text).size,
      hdel: async (key: string, id: string) => all(key).delete(id),
    };
    return (await work(client as never)) as never;
  };

  readonly #hash = (key: string) => {
    if (key !== redisKeys.overrides) throw new Error(`nobody knows ${key}`);
    return this.#overrides;
  };
}
