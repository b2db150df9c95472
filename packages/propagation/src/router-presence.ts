import { setTimeout as pause } from 'node:timers/promises';
import { redisKeys } from '@grey/contracts';
import type { Position } from '@grey/route-core';
import { z } from 'zod';
import { comparePositions, type PropagationLogger } from './publication.ts';
import type { RedisLink } from './redis-link.ts';
import { REMEMBER_ROUTERS_MS, type RouterLease } from './router-lease.ts';

const positionSchema = z.object({ epoch: z.string(), revision: z.number() });
/** Fields that a newer router adds are ignored, unknown kinds kept: a list must not fail over one stranger. */
const reportSchema = z.object({
  id: z.string(),
  kind: z.string(),
  region: z.string().nullable(),
  host: z.string(),
  startedAt: z.number(),
  position: positionSchema.nullable(),
  digest: z.string().nullable(),
  lagMs: z.number().optional(),
  leaseMs: z.number().optional(),
  lostMs: z.number().optional(),
  at: z.number(),
  isGone: z.literal(true).optional(),
});

/** What a router says of itself. Times are milliseconds since 1970 by its own clock; `position` null = nothing loaded yet. */
export interface RouterReport {
  readonly id: string;
  readonly kind: 'api' | 'gateway' | 'sdk';
  readonly region: string | null;
  readonly host: string;
  readonly startedAt: number;
  readonly position: Position | null;
  readonly digest: string | null;
  /** From commit to application of the last change, in ms. */
  readonly lagMs?: number;
  /** How long it answers for marked schemas without contact; absent: it knows no leases. */
  readonly leaseMs?: number;
  /** After how long without contact it answers as if marks were missing; absent: it is waited for as long as it is known. */
  readonly lostMs?: number;
  readonly at: number;
}

export interface Convergence {
  readonly total: number;
  readonly applied: number;
  /** Ids of routers that have not applied it. */
  readonly missing: readonly string[];
  readonly elapsedMs: number;
}

export interface RouterPresenceOptions {
  readonly link: Pick<RedisLink, 'runOnce'>;
  readonly logger: PropagationLogger;
  readonly self: Pick<RouterReport, 'id' | 'kind' | 'region' | 'host' | 'startedAt'>;
  /** What is applied now. */
  readonly current: () => { position: Position; digest: string; lagMs?: number | undefined } | undefined;
  /** Default 2 000 ms. */
  readonly reportMs?: number;
  /** This router's own clock, milliseconds since 1970; nobody relies on it. */
  readonly now?: () => number;
  /** Told of every report that was taken. */
  readonly lease?: RouterLease;
  /** A router silent for this long is gone. Default 10 000 ms. */
  readonly expireMs?: number;
}

/** At least this long between two reports: a burst of changes is reported once. */
const COALESCE_MS = 15;
const LOOK_MS = 10;
const KEYS_LIFE_MS = 60_000;
const KNOWN_LIFE_MS = REMEMBER_ROUTERS_MS + 3_600_000;

/**
 * Redis' own clock decides who is silent. KEYS routers, seen, known. ARGV id, report, silence in ms, life of the first two
 * keys in ms, life of the last.
 */
const reportScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('HSETNX', KEYS[3], '(since)', string.format('%.0f', now))
redis.call('HSET', KEYS[3], ARGV[1], string.format('%.0f ', now) .. ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
return 1
`;

/** KEYS routers, seen. ARGV silence in ms. Reports of those not silent. */
const listScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], now - ARGV[1], '+inf')
local reports = {}
for _, id in ipairs(ids) do
  local report = redis.call('HGET', KEYS[1], id)
  if report then reports[#reports + 1] = report end
end
return reports
`;

/** KEYS known. ARGV how long they are remembered in ms. Since when, how long ago that is in ms, and each report. */
const knownScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest = now - ARGV[1]
local since = redis.call('HGET', KEYS[1], '(since)')
local reports = {since or '', since and string.format('%.0f', now - since) or '0'}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local space = string.find(all[i + 1], ' ', 1, true)
  if all[i] == '(since)' then
  elseif tonumber(string.sub(all[i + 1], 1, space - 1)) < oldest then redis.call('HDEL', KEYS[1], all[i])
  else reports[#reports + 1] = string.sub(all[i + 1], space + 1) end
end
return reports
`;

/** What Redis remembers of routers, and since when: after it was emptied, those who have not reported since are missing. */
export interface RouterMemoryOfRedis {
  /** Another text after each loss; empty: it remembers nothing. */
  readonly since: string;
  /** By the clock of Redis, in milliseconds. */
  readonly sinceMs: number;
  readonly routers: readonly KnownRouter[];
}

/** A router that reported within the last 24 hours. */
export interface KnownRouter {
  readonly report: RouterReport;
  /** It said goodbye. */
  readonly isGone: boolean;
}

/** Tells the others that this router lives and what it has applied, and knows who else does. */
export class RouterPresence {
  readonly #options: RouterPresenceOptions;
  readonly #expireMs: number;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** The last report of each router, and when it was seen first, by this process' clock. */
  readonly #seen = new Map<string, { readonly report: RouterReport; seenAt: number }>();
  #known: readonly RouterReport[] = [];
  #hasFailed = false;

  constructor(options: RouterPresenceOptions) {
    this.#options = options;
    this.#expireMs = options.expireMs ?? 10_000;
  }

  get ownId(): string {
    return this.#options.self.id;
  }

  /** Who there was when `list` last succeeded. */
  get known(): readonly RouterReport[] {
    return this.#known;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#report(), this.#options.reportMs ?? 2_000);
    await this.#report();
  }

  /** Says goodbye, so that nobody waits for this router. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#timer = undefined;
    // The farewell is a report: others keep in mind whom they saw lately, so that an emptied Redis hides nobody.
    await this.#send({ ...this.report(), isGone: true });
    this.#options.lease?.end();
  }

  /** Call after a change was applied: reports at once, or in a few milliseconds if it just did. */
  applied(): void {
    if (this.#timer === undefined || this.#soon !== undefined) return;
    const wait = this.#reportedAt + COALESCE_MS - performance.now();
    this.#soon = setTimeout(
      () => {
        this.#soon = undefined;
        void this.#report();
      },
      Math.max(0, wait),
    );
  }

  /** What this process would report now. */
  report(): RouterReport {
    const current = this.#options.current();
    const { lease } = this.#options;
    return {
      ...this.#options.self,
      position: current === undefined ? null : { ...current.position },
      digest: current?.digest ?? null,
      ...(current?.lagMs === undefined ? {} : { lagMs: current.lagMs }),
      ...(lease === undefined ? {} : { leaseMs: lease.leaseMs, lostMs: lease.lostMs }),
      at: (this.#options.now ?? Date.now)(),
    };
  }

  /**
   * Everyone who reported lately, by id; also who is not in Redis any more because that was emptied.
   * @throws RedisError
   */
  async list(): Promise<readonly RouterReport[]> {
    let texts: string[];
    try {
      texts = (await this.#eval(listScript, this.#expireMs)) as string[];
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
    const now = performance.now();
    // Nobody could report while Redis was away.
    if (this.#hasFailed) for (const entry of this.#seen.values()) entry.seenAt = now;
    this.#hasFailed = false;
    for (const text of texts) this.#note(text, now);
    for (const [id, { seenAt }] of this.#seen) if (now - seenAt >= this.#expireMs) this.#seen.delete(id);
    this.#known = [...this.#seen.values()].map(({ report }) => report).sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.#known;
  }

  /**
   * Everyone who reported within 24 hours, silent or not, and who said goodbye meanwhile.
   * @throws RedisError
   */
  async listKnown(): Promise<RouterMemoryOfRedis> {
    const [since = '', sinceMs, ...texts] = (await this.#options.link.runOnce((client) =>
      client.eval(knownScript, 1, redisKeys.routersKnown, REMEMBER_ROUTERS_MS),
    )) as string[];
    const routers = texts.flatMap((text) => {
      const parsed = reportSchema.safeParse(parseJson(text));
      if (!parsed.success) return [];
      const { isGone = false, ...report } = parsed.data;
      return [{ report: report as RouterReport, isGone }];
    });
    return { since, sinceMs: Number(sinceMs), routers };
  }

  #note(text: string, now: number): void {
    const parsed = reportSchema.safeParse(parseJson(text));
    if (!parsed.success) return;
    const { isGone, ...report } = parsed.data;
    if (isGone) this.#seen.delete(report.id);
    else if (this.#seen.get(report.id)?.report.at !== report.at) {
      this.#seen.set(report.id, { report: report as RouterReport, seenAt: now });
    }
  }

  /**
   * Resolves when every router has applied the position, or when the time is over. Without Redis it can only say what was
   * last known of the others.
   */
  async waitConverged(position: Position, timeoutMs: number): Promise<Convergence> {
    const startedAt = performance.now();
    for (;;) {
      const others = (await this.list().catch(() => this.#known)).filter(({ id }) => id !== this.ownId);
      const all = [this.report(), ...others];
      const missing = all.filter((one) => one.position === null || comparePositions(one.position, position) < 0);
      const elapsedMs = performance.now() - startedAt;
      if (missing.length === 0 || elapsedMs >= timeoutMs) {
        const ids = missing.map(({ id }) => id).sort();
        return { total: all.length, applied: all.length - ids.length, missing: ids, elapsedMs };
      }
      await pause(Math.min(LOOK_MS, timeoutMs - elapsedMs));
    }
  }

  async #report(): Promise<void> {
    this.#reportedAt = performance.now();
    await this.#send(this.report());
  }

  async #send(report: RouterReport & { readonly isGone?: true }): Promise<void> {
    const { lease, link } = this.#options;
    const { routers, routersSeen, routersKnown } = redisKeys;
    const args = [this.ownId, JSON.stringify(report), this.#expireMs, KEYS_LIFE_MS, KNOWN_LIFE_MS];
    const askedAt = lease?.now() ?? 0;
    try {
      await link.runOnce((client) => client.eval(reportScript, 3, routers, routersSeen, routersKnown, ...args));
      if (!report.isGone) lease?.reported(askedAt);
    } catch {
      // A report that is lost is followed by the next one; the link's status says that Redis is away.
    }
  }

  #eval(script: string, ...args: (string | number)[]): Promise<unknown> {
    const { routers, routersSeen } = redisKeys;
    return this.#options.link.runOnce((client) => client.eval(script, 2, routers, routersSeen, ...args));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
