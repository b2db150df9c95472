import type { Position } from '@grey/contracts';
import {
  comparePositions,
  type KnownRouter,
  REMEMBER_ROUTERS_MS,
  type RouterMemoryOfRedis,
  type RouterReport,
} from '@grey/propagation';
import type { NotedRouter, RememberedRouter } from './known-routers.store.ts';
import { type RouterSighting, sightOf } from './router-sighting.ts';
import type { RouterSight, RouterWatch, WatchedRouter } from './router-watch.ts';

/** What others say where all routers report, and how far what they read there has come. */
export interface SharedSight extends RouterMemoryOfRedis {
  readonly position: Position | undefined;
}

export interface RouterMemoryParts {
  readonly store: {
    list(withinMs: number): Promise<readonly RememberedRouter[]>;
    remember(routers: readonly NotedRouter[]): Promise<void>;
    prune(olderThanMs: number): Promise<void>;
  };
  /** undefined: there is no Redis. @throws RedisError */
  readonly lookAround: (() => Promise<SharedSight>) | undefined;
  /** This router as it is now. */
  readonly own: () => RouterReport;
  /** By which a router's lease is judged that does not say how long its own is. */
  readonly leaseMs: number;
  /** A clock that only moves forward, in milliseconds. */
  readonly now?: () => number;
}

/** A router that fell silent without a goodbye. */
export interface SilentSight {
  readonly report: RouterReport;
  /** For how long at least, in milliseconds. */
  readonly silentMs: number;
  /** By which it can be told from one that is only slow, in milliseconds. */
  readonly leaseMs: number;
  readonly isLapsed: boolean;
  readonly isLost: boolean;
  readonly isForgotten: boolean;
}

const LOOK_MS = 2_000;
/** How old the copy in the database may get. */
const REFRESH_MS = 60_000;
/** Two clocks that each run evenly differ by far less than this. */
const CLOCK_TOLERANCE = 1.01;
const PRUNE_MS = 7 * REMEMBER_ROUTERS_MS;

/**
 * All routers that may be routing: those that report, and those that fell silent within 24 hours without a goodbye. What is
 * silent is timed by this process alone, from when it last saw a new report: no two clocks are ever compared.
 */
export class RouterMemory implements RouterWatch {
  readonly #parts: RouterMemoryParts;
  readonly #now: () => number;
  /** By id: the last stamp, and since when it has not changed. */
  readonly #heard = new Map<string, { readonly stamp: string; readonly since: number }>();
  /** What Redis remembers since, and when this process first saw that it is no longer what it had been. */
  #since: string | undefined;
  #lostAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #lookCount = 0;

  constructor(parts: RouterMemoryParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** Looks around now and then, so that who vanished has been timed when somebody asks. */
  start(): void {
    this.#timer = setInterval(() => void this.#remember().catch(() => undefined), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(position: Position): Promise<RouterSight> {
    const { others, unsure } = await this.#lookFor(position);
    const self = this.#parts.own();
    const routers = others
      .filter(({ isForgotten }) => !isForgotten)
      .map((one) => ({ id: one.report.id, hasApplied: hasApplied(one.position, position), ...this.#refusalsOf(one) }));
    routers.push({ id: self.id, hasApplied: hasApplied(self.position, position), isLapsed: false, isLost: false });
    return { routers: routers.sort((a, b) => (a.id < b.id ? -1 : 1)), unsure };
  }

  /**
   * Who has said nothing for so long, forgotten or not, and why there may be more.
   * @param sinceMs in milliseconds; by default a lease
   * @throws ApiError DATABASE_UNAVAILABLE
   */
  async listSilent(
    sinceMs?: number,
  ): Promise<{ readonly routers: readonly SilentSight[]; readonly unsure: readonly string[] }> {
    const { others, unsure } = await this.#lookFor(undefined);
    const routers = others.map((one): SilentSight => {
      const { report, isForgotten } = one;
      const silentMs = this.#silenceOf(one);
      return { report, silentMs, leaseMs: this.#leaseOf(report), isForgotten, ...this.#refusalsOf(one) };
    });
    return { routers: routers.filter(({ silentMs, leaseMs }) => silentMs >= (sinceMs ?? leaseMs)), unsure };
  }

  /** All but this one, and whether Redis can be believed to know them all. @param position that it must have */
  async #lookFor(position: Position | undefined) {
    const { lookAround, own, store } = this.#parts;
    const shared = await lookAround?.().catch(() => undefined);
    // Who begins to follow later reads what Redis has: that must include the position, or nobody waited for him.
    const isReached = position === undefined || hasApplied(shared?.position ?? null, position);
    const isUnsure = lookAround !== undefined && !(shared !== undefined && isReached && this.#remembersAll(shared));
    const sightings = this.#merge(shared?.routers ?? [], await store.list(REMEMBER_ROUTERS_MS));
    const others = sightings.filter(({ report }) => report.id !== own().id);
    return { others, unsure: isUnsure ? ['redis'] : [] };
  }

  #silenceOf({ report, stamp }: RouterSighting): number {
    const heard = this.#heard.get(report.id);
    return heard?.stamp === stamp ? this.#now() - heard.since : 0;
  }

  #leaseOf({ leaseMs = 0 }: RouterReport): number {
    return Math.max(leaseMs, this.#parts.leaseMs);
  }

  #refusalsOf(one: RouterSighting): Pick<WatchedRouter, 'isLapsed' | 'isLost'> {
    const { leaseMs, lostMs } = one.report;
    const silentMs = this.#silenceOf(one);
    // Twice the lease: the second one is for clocks that run unevenly and for what is under way. Who says nothing of a
    // lease is of a version that knows none.
    const longest = this.#leaseOf(one.report);
    return {
      isLapsed: leaseMs !== undefined && silentMs >= 2 * longest,
      isLost: lostMs !== undefined && silentMs >= lostMs * CLOCK_TOLERANCE + longest,
    };
  }

  /**
   * Emptied, Redis knows only who has reported since. Who lives does so at once, and who is cut off is past his lease after
   * a while; until then neither is known here, unless the database has him.
   */
  #remembersAll({ since, sinceMs }: SharedSight): boolean {
    if (this.#since !== undefined && this.#since !== since) this.#lostAt = this.#now();
    this.#since = since;
    const enough = 2 * this.#parts.leaseMs;
    return since !== '' && sinceMs >= enough && this.#now() - this.#lostAt >= enough;
  }

  /** Those that are not gone, and notes who was heard of anew. */
  #merge(known: readonly KnownRouter[], remembered: readonly RememberedRouter[]): RouterSighting[] {
    const now = this.#now();
    const here = new Map(known.map((one) => [one.report.id, one]));
    const kept = new Map(remembered.map((one) => [one.report.id, one]));
    const sightings = [...new Set([...here.keys(), ...kept.keys()])].map((id) => sightOf(here.get(id), kept.get(id)));
    for (const { report, stamp, isForgotten } of sightings) {
      const heard = this.#heard.get(report.id);
      // Being forgotten is written beside its report, and is no word of its own.
      if (heard?.stamp !== stamp)
        this.#heard.set(report.id, { stamp, since: isForgotten ? (heard?.since ?? now) : now });
    }
    for (const id of this.#heard.keys()) if (!here.has(id) && !kept.has(id)) this.#heard.delete(id);
    return sightings.filter(({ isGone }) => !isGone);
  }

  /** What Redis may lose goes where nothing is lost. */
  async #remember(): Promise<void> {
    const { store, lookAround, own } = this.#parts;
    const shared = await lookAround?.();
    const remembered = await store.list(REMEMBER_ROUTERS_MS);
    if (shared !== undefined) this.#remembersAll(shared);
    this.#merge(shared?.routers ?? [], remembered);
    if (this.#lookCount++ % 720 === 0) await store.prune(PRUNE_MS);
    const kept = new Map(remembered.map((one) => [one.report.id, one]));
    const stale = (shared?.routers ?? []).filter(({ report, isGone }) => {
      const copy = kept.get(report.id);
      if (report.id === own().id) return false;
      if (copy === undefined) return true;
      // Replicas write their own; only that one is gone may have to be said for it.
      if (report.kind === 'api') return isGone && !copy.isGone;
      return isGone !== copy.isGone || (copy.ageMs > REFRESH_MS && report.at !== copy.report.at);
    });
    await store.remember(stale);
  }
}

function hasApplied(position: Position | null, wanted: Position): boolean {
  return position !== null && comparePositions(position, wanted) >= 0;
}
