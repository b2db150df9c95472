import type { Health, TenantSyncStatus } from '@grey/contracts';
import type { SyncState, TenantSyncStore } from './tenant-sync.store.ts';
import type { SyncGauges } from './tenant-sync-metrics.ts';

/** After so many intervals without a run something keeps all replicas from running. */
const MISSED_RUNS = 3;
/** The public pages wait no longer than this for the database. */
const PATIENCE_MS = 1_000;
/** The public pages answer from memory for this long. */
const FRESH_MS = 2_000;

type Shown = Pick<TenantSyncStatus, 'state' | 'staleSince'>;

export interface TenantSyncSettings {
  /** undefined: no tenant-management service is configured. */
  readonly where: string | undefined;
  readonly intervalMs: number;
}

/** How the sync stands. All of it lies in the database: replicas and restarts show the same. */
export class TenantSyncStatusService {
  readonly #store: Pick<TenantSyncStore, 'readStatus'>;
  readonly #settings: TenantSyncSettings;
  readonly #now: () => number;
  #last: { readonly at: number; readonly shown: Promise<Shown> } | undefined;

  constructor(store: Pick<TenantSyncStore, 'readStatus'>, settings: TenantSyncSettings, now: () => number = Date.now) {
    this.#store = store;
    this.#settings = settings;
    this.#now = now;
  }

  /** @throws ApiError DATABASE_UNAVAILABLE */
  async get(): Promise<TenantSyncStatus> {
    const { where, intervalMs } = this.#settings;
    const { state, history } = await this.#store.readStatus();
    const { counts, samples, plan, runs } = history;
    const last = runs[0];
    const isAsking = where !== undefined && last?.outcome === 'needs_confirmation';
    return {
      isConfigured: where !== undefined,
      where: where ?? null,
      intervalMs,
      ...this.#judge(state, isAsking),
      lastRunAt: state.lastRunAt?.toISOString() ?? null,
      lastGoodAt: state.lastGoodAt?.toISOString() ?? null,
      error: last?.error ?? null,
      counts,
      samples,
      pending: isAsking ? plan : null,
      runs: [...runs],
    };
  }

  /** The sync as a part of /health. It never fails: what cannot be read is as it was. */
  async readPart(): Promise<Health['parts'][string]> {
    if (this.#settings.where === undefined) return { status: 'off' };
    const { state, staleSince } = await this.#fresh();
    const since = staleSince === null ? {} : { since: staleSince };
    if (state === 'needs_confirmation') return { status: 'down', detail: 'waits for a confirmation', ...since };
    return state === 'stale' ? { status: 'down', detail: 'stale', ...since } : { status: 'up' };
  }

  async readGauges(): Promise<SyncGauges> {
    const { state, staleSince } = await this.#fresh();
    const staleMs = staleSince === null ? 0 : Math.max(0, this.#now() - Date.parse(staleSince));
    return { staleSeconds: staleMs / 1_000, isAsking: state === 'needs_confirmation' };
  }

  async #fresh(): Promise<Shown> {
    const now = this.#now();
    const last = this.#last;
    if (last !== undefined && now - last.at < FRESH_MS) return last.shown;
    const earlier = last?.shown ?? Promise.resolve<Shown>({ state: 'stale', staleSince: null });
    const shown = within(PATIENCE_MS, this.get(), earlier);
    this.#last = { at: now, shown };
    return shown;
  }

  #judge(state: SyncState, isAsking: boolean): Shown {
    const { where, intervalMs } = this.#settings;
    if (where === undefined) return { state: 'off', staleSince: null };
    const staleSince = state.staleSince?.toISOString() ?? missedSince(state, intervalMs);
    if (isAsking) return { state: 'needs_confirmation', staleSince };
    return { state: staleSince === null && state.lastGoodAt !== null ? 'ok' : 'stale', staleSince };
  }
}

/** Since when a run is missing; a sync that nobody runs is stale too. */
function missedSince({ now, lastGoodAt }: SyncState, intervalMs: number): string | null {
  if (lastGoodAt === null || now - lastGoodAt.getTime() < MISSED_RUNS * intervalMs) return null;
  return new Date(lastGoodAt.getTime() + intervalMs).toISOString();
}

/** What `wanted` gives in time, else `otherwise`. */
async function within<T>(ms: number, wanted: Promise<T>, otherwise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  const shown = await Promise.race([wanted.catch(() => otherwise), late]);
  clearTimeout(timer);
  return shown;
}
