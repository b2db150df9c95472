import { randomUUID } from 'node:crypto';
import { redisKeys } from '@grey/contracts';
import { type RedisLink, scanConfiguredTenants } from '@grey/propagation';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ChangeFeed, CommittedChange } from '../changes/change-feed.ts';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import type { ConfigFields, ConfigProjectionStore } from './config-projection.store.ts';

/** How soon an emptied Redis, or one that was away, is noticed. */
const LOOK_MS = 1_000;
/** All of it is compared so often: what a slow replica wrote late, or somebody's hand, does not stay. */
const AUDIT_MS = 60_000;
const PORTION = 200;
const WHOLE = 'whole';

/**
 * Replaces a hash unless what is there was read at a later position of the same epoch, or in a later epoch.
 * KEYS hash. ARGV epoch, revision, then fields and values. Returns 1 or 0.
 */
const replaceScript = `
local at = redis.call('HGET', KEYS[1], '@at')
if at then
  local epoch, revision = string.match(at, '^(%S+) (%d+)$')
  if epoch == ARGV[1] and tonumber(revision) > tonumber(ARGV[2]) then return 0 end
  for i = 1, math.min(#(epoch or ''), #ARGV[1]) do
    local x, y = string.byte(epoch, i), string.byte(ARGV[1], i)
    if x > y then return 0 end
    if x < y then break end
  end
end
redis.call('DEL', KEYS[1])
if #ARGV > 2 then redis.call('HSET', KEYS[1], '@at', ARGV[1] .. ' ' .. ARGV[2], unpack(ARGV, 3)) end
return 1
`;

/**
 * Carries ciphertext of credentials into Redis after the commit, for readers that have a master key. PostgreSQL is the truth:
 * whatever Redis lost or has wrong is written anew. Without Redis it does nothing.
 */
export class ConfigProjection implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #link: Pick<RedisLink, 'run'> | undefined;
  readonly #store: ConfigProjectionStore;
  readonly #feed: Pick<ChangeFeed, 'subscribe' | 'onReset'>;
  readonly #lock: AdvisoryLock;
  readonly #logger = new Logger('data sources');
  readonly #due = new Set<string>();
  #auditAt = 0;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ends: (() => void)[] = [];

  constructor(
    link: Pick<RedisLink, 'run'> | undefined,
    store: ConfigProjectionStore,
    feed: Pick<ChangeFeed, 'subscribe' | 'onReset'>,
    lock: AdvisoryLock,
  ) {
    this.#link = link;
    this.#store = store;
    this.#feed = feed;
    this.#lock = lock;
  }

  onApplicationBootstrap(): void {
    if (this.#link === undefined) return;
    const reset = () => {
      this.#auditAt = 0;
    };
    this.#ends = [this.#feed.subscribe((change) => this.refresh(tenantsOf(change))), this.#feed.onReset(reset)];
    this.#timer = setInterval(() => this.#wake(), LOOK_MS).unref();
    this.#wake();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const end of this.#ends) end();
    clearInterval(this.#timer);
    await this.#working;
  }

  /** Writes tenants anew, soon. */
  refresh(tenantIds: readonly string[]): void {
    if (this.#link === undefined || tenantIds.length === 0) return;
    for (const id of tenantIds) this.#due.add(id);
    this.#wake();
  }

  #wake(): void {
    const link = this.#link;
    if (this.#working !== undefined || link === undefined) return;
    this.#working = this.#work(link)
      // Redis or PostgreSQL is away, which others report; what is due stays due.
      .catch(() => undefined)
      .finally(() => {
        this.#working = undefined;
      });
  }

  async #work(link: Pick<RedisLink, 'run'>): Promise<void> {
    while (this.#due.size > 0) {
      const some = [...this.#due].slice(0, PORTION);
      for (const id of some) this.#due.delete(id);
      await this.#write(link, some).catch((error) => {
        for (const id of some) this.#due.add(id);
        throw error;
      });
    }
    const isWhole = (await link.run((client) => client.get(redisKeys.configsWhole))) === WHOLE;
    if (isWhole && performance.now() < this.#auditAt) return;
    const done = await this.#lock.tryRun('data source projection', () => this.#writeAll(link));
    if (done !== undefined || isWhole) this.#auditAt = performance.now() + AUDIT_MS;
  }

  /** The mark is set only when Redis was not emptied while all was written. */
  async #writeAll(link: Pick<RedisLink, 'run'>): Promise<void> {
    const token = randomUUID();
    await link.run((client) => client.set(redisKeys.configsWhole, token));
    const strangers = await link.run(scanConfiguredTenants);
    let wrong = 0;
    for (let after = ''; ; ) {
      const ids = await this.#store.listTenants(after, PORTION);
      for (const id of ids) strangers.delete(id);
      wrong += await this.#write(link, ids);
      if (ids.length < PORTION) break;
      after = ids.at(-1) as string;
    }
    const left = [...strangers];
    for (let from = 0; from < left.length; from += PORTION)
      wrong += await this.#write(link, left.slice(from, from + PORTION));
    if (wrong > 0) this.#logger.log(`the encrypted data sources of ${wrong} tenants were written into Redis anew`);
    if ((await link.run((client) => client.get(redisKeys.configsWhole))) === token)
      await link.run((client) => client.set(redisKeys.configsWhole, WHOLE));
  }

  /** @returns how many were not as they should be */
  async #write(link: Pick<RedisLink, 'run'>, tenantIds: readonly string[]): Promise<number> {
    if (tenantIds.length === 0) return 0;
    const { position, configs } = await this.#store.read(tenantIds);
    const held = await link.run((client) =>
      Promise.all(tenantIds.map((id) => client.hgetall(redisKeys.tenantConfig(id)))),
    );
    const wrong = tenantIds.filter((id, index) => !isSame(configs.get(id) as ConfigFields, held[index] ?? {}));
    await link.run((client) =>
      Promise.all(
        wrong.map((id) => {
          const fields = [...(configs.get(id) as ConfigFields)].flat();
          return client.eval(
            replaceScript,
            1,
            redisKeys.tenantConfig(id),
            position.epoch,
            position.revision,
            ...fields,
          );
        }),
      ),
    );
    return wrong.length;
  }
}

function isSame(fields: ConfigFields, held: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(held).filter((name) => name !== '@at');
  return names.length === fields.size && names.every((name) => held[name] === fields.get(name));
}

function tenantsOf({ items }: CommittedChange): string[] {
  const ids = items.flatMap(({ entity, tenantId }) =>
    (entity === 'data_source' || entity === 'tenant') && tenantId !== null ? [tenantId] : [],
  );
  return [...new Set(ids)];
}
