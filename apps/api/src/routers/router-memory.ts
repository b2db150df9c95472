import type { Position } from '@grey/contracts';
import {
  comparePositions,
  type KnownRouter,
  REMEMBER_ROUTERS_MS,
  type RouterMemoryOfRedis,
  type RouterReport,
} from '@grey/propagation';
import type { RememberedRouter } from './known-routers.store.ts';
import type { RouterSight, RouterWatch, WatchedRouter } from './router-watch.ts';

/** What others say where all routers report, and how far what they read there has come. */
export interface SharedSight extends RouterMemoryOfRedis {
  readonly position: Position | undefined;
}

export interface RouterMemoryParts {
  readonly store: {
    list(withinMs: number): Promise<readonly RememberedRouter[]>;
    remember(routers: readonly Omit<RememberedRouter, 'ageMs'>[]): Promise<void>;
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

interface Sighting {
  /** What the router itself wrote, in both places. */
  readonly report: RouterReport;
  readonly position: Position | null;
  /** Changes when the router reports, whatever its clock says. */
  readonly stamp: string;
  readonly isGone: boolean;
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
    const { lookAround, own } = this.#parts;
    const unsure: string[] = [];
    const shared = await lookAround?.().catch(() => undefined);
    // Who begins to follow later reads what Redis has: that must include the position, or nobody waited for him.
    const isReached = shared?.position !== undefined && comparePositions(shared.position, position) >= 0;
    if (lookAround !== undefined && !(isReached && this.#remembersAll(shared))) unsure.push('redis');
    const sightings = this.#merge(shared?.routers ?? [], await this.#parts.store.list(REMEMBER_ROUTERS_MS));
    const self = own();
    const others = [...sightings.values()].filter(({ report }) => report.id !== self.id);
    const routers = others.map((one) => this.#judge(one, position));
    routers.push({ id: self.id, hasApplied: hasApplied(self.position, position), isLapsed: false, isLost: false });
    return { routers: routers.sort((a, b) => (a.id < b.id ? -1 : 1)), unsure };
  }

  #judge({ report, position, stamp }: Sighting, wanted: Position): WatchedRouter {
    const heard = this.#heard.get(report.id);
    const silentMs = heard?.stamp === stamp ? this.#now() - heard.since : 0;
    const { leaseMs, lostMs } = report;
    const isSilentFor = (ms: number) => silentMs >= ms;
    // Twice the lease: the second one is for clocks that run unevenly and for what is under way. Who says nothing of a
    // lease is of a version that knows none.
    const longest = Math.max(leaseMs ?? 0, this.#parts.leaseMs);
    return {
      id: report.id,
      hasApplied: hasApplied(position, wanted),
      isLapsed: leaseMs !== undefined && isSilentFor(2 * longest),
      isLost: lostMs !== undefined && isSilentFor(lostMs * CLOCK_TOLERANCE + longest),
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
  #merge(known: readonly KnownRouter[], remembered: readonly RememberedRouter[]): Map<string, Sighting> {
    const now = this.#now();
    const here = new Map(known.map((one) => [one.report.id, one]));
    const kept = new Map(remembered.map((one) => [one.report.id, one]));
    const sightings = new Map<string, Sighting>();
    for (const id of new Set([...here.keys(), ...kept.keys()])) {
      const sighting = merge(here.get(id), kept.get(id));
      if (this.#heard.get(id)?.stamp !== sighting.stamp) this.#heard.set(id, { stamp: sighting.stamp, since: now });
      if (!sighting.isGone) sightings.set(id, sighting);
    }
    for (const id of this.#heard.keys()) if (!here.has(id) && !kept.has(id)) this.#heard.delete(id);
    return sightings;
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

function merge(here: KnownRouter | undefined, kept: RememberedRouter | undefined): Sighting {
  const report = (here ?? kept)?.report as RouterReport;
  const isOwnWord = report.kind === 'api';
  return {
    report,
    position: furthest(here?.report.position ?? null, kept?.report.position ?? null),
    stamp: `${here?.report.at}/${kept?.report.at}`,
    // Replicas say goodbye in both places, and are never back under the same id.
    isGone: here === undefined || isOwnWord ? (here?.isGone ?? false) || (kept?.isGone ?? false) : here.isGone,
  };
}

function furthest(one: Position | null, other: Position | null): Position | null {
  if (one === null || other === null) return one ?? other;
  return comparePositions(one, other) >= 0 ? one : other;
}

function hasApplied(position: Position | null, wanted: Position): boolean {
  return position !== null && comparePositions(position, wanted) >= 0;
}
