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
  #shown: Shown = { state: 'stale', staleSince: null };
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

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

  /** What was read last, after it was tried to read it anew; an answer that comes late is there for the next question. */
  async #fresh(): Promise<Shown> {
    if (this.#reading === undefined && this.#now() - this.#readAt >= FRESH_MS) {
      this.#readAt = this.#now();
      this.#reading = this.get()
        .then((shown) => {
          this.#shown = shown;
        })
        .catch(() => undefined)
        .finally(() => {
          this.#reading = undefined;
        });
    }
    await within(PATIENCE_MS, this.#reading);
    return this.#shown;
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

/** Waits for `wanted`, but not for ever. */
async function within(ms: number, wanted: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([wanted, late]);
  clearTimeout(timer);
}
