import { type Durability, type Position, positionSchema } from '@grey/contracts';
import { comparePositions } from '@grey/propagation';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ApiError } from '../infra/http/api-error.ts';
import type { RouterState } from '../routing/router-state.ts';
import type { EmergencyJournal } from './emergency-journal.ts';
import { type Override, overrideSchema } from './override.ts';
import { KEPT_MS, type SharedOverrides } from './shared-overrides.ts';

/** How often replicas look at each other's overrides, in milliseconds. */
const LOOK_MS = 250;
/** How often a log that is away is tried again, in milliseconds. */
const SETTLE_MS = 1_000;
/** How long a look waits for PostgreSQL, in milliseconds. */
const PATIENCE_MS = 500;
const recordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('override'), override: overrideSchema }),
  z.object({ type: z.literal('settled'), id: z.string(), position: positionSchema }),
]);

type Sharing = Pick<SharedOverrides, 'list' | 'share' | 'settle'>;

/**
 * Writes an override to the log, or finds it there.
 * @returns a position from which on the log alone says whether it is in force
 * @throws ApiError DATABASE_UNAVAILABLE
 */
export type Settle = (override: Override) => Promise<Position>;

/**
 * Rollbacks that the log does not have yet. They are in force here from the moment they are on disk, at other replicas from
 * the moment they read them in Redis, and everywhere until the log brings them, or says that they are over.
 */
export class PendingOverrides implements OnApplicationShutdown {
  readonly #pending = new Map<string, Override>();
  /** Those that the log has, each until this router is as far as that. */
  readonly #settled = new Map<string, Position>();
  readonly #ended = new Set<string>();
  /** Of those that this run had pending: told again to a Redis that was emptied, as routers may still lay them over. */
  readonly #told = new Map<string, { readonly position: Position; readonly at: number }>();
  readonly #ownIds = new Set<string>();
  readonly #journal: Pick<EmergencyJournal, 'load' | 'append'>;
  readonly #shared: Sharing | undefined;
  readonly #settleMs: number;
  readonly #router: Pick<RouterState, 'setOverrides' | 'snapshot'>;
  readonly #logger = new Logger('emergency');
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #settling: Promise<void> | undefined;
  #triedAt = 0;
  #settle: Settle | undefined;

  constructor(
    journal: Pick<EmergencyJournal, 'load' | 'append'>,
    shared: Sharing | undefined,
    router: Pick<RouterState, 'setOverrides' | 'snapshot'>,
    options: { settleMs?: number } = {},
  ) {
    this.#settleMs = options.settleMs ?? SETTLE_MS;
    this.#journal = journal;
    this.#shared = shared;
    this.#router = router;
  }

  /** Puts in force what an earlier run took and the log did not get. @throws Error of the disk */
  async restore(): Promise<void> {
    const { records, tornCount } = await this.#journal.load();
    if (tornCount > 0)
      this.#logger.warn({ msg: 'records of the emergency journal are torn and do not count', tornCount });
    for (const record of records) {
      const parsed = recordSchema.parse(record);
      if (parsed.type === 'override') this.#pending.set(parsed.override.hold.id, parsed.override as Override);
      // The snapshot on disk may be older than the log was: laid over until this router is as far again.
      else this.#settled.set(parsed.id, parsed.position);
    }
    for (const id of this.#pending.keys()) if (!this.#settled.has(id)) this.#ownIds.add(id);
    await this.#endThoseBrought();
    this.#apply();
  }

  /** Takes over what other replicas have, then looks for it again and again, and brings everything to the log. */
  async start(settle: Settle): Promise<void> {
    // Before the first decision: nobody is to be sent to a version that was taken back elsewhere.
    await this.#exchange().catch(() => undefined);
    // This router has read the log since what was on disk was put in force.
    await this.#endThoseBrought();
    this.#settle = settle;
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#settle = undefined;
    await this.#looking;
  }

  /** Those that the log does not have, or that it has and this router has not seen there. */
  list(): Override[] {
    return [...this.#pending.values()];
  }

  /** The override that was answered under an Idempotency-Key, if any. */
  findByKey(callerId: string, key: string): Override | undefined {
    const all = [...this.#pending.values()];
    return all.find(({ idempotency }) => idempotency?.callerId === callerId && idempotency.key === key);
  }

  /**
   * Takes an override: to disk, then in force, then to the other replicas.
   * @throws ApiError NOT_DURABLE when the disk does not take it; then it is not in force
   */
  async take(override: Override): Promise<Durability> {
    try {
      await this.#journal.append({ type: 'override', override });
    } catch (error) {
      throw new ApiError('NOT_DURABLE', {}, { cause: error });
    }
    this.#ownIds.add(override.hold.id);
    this.#pending.set(override.hold.id, override);
    this.#apply();
    if (this.#shared === undefined) return 'journal';
    try {
      await this.#shared.share(override);
      const answer = { ...override.answer, durability: 'journal+redis' } as const;
      if (this.#pending.has(override.hold.id)) this.#pending.set(override.hold.id, { ...override, answer });
      return 'journal+redis';
    } catch {
      return 'journal';
    }
  }

  /** Looks once; one look at a time. */
  async look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #look(): Promise<void> {
    // Redis that is away is asked again with the next look.
    await this.#exchange().catch(() => undefined);
    await this.#settleInTime();
    await this.#endThoseBrought();
  }

  /** Takes over what others have, and brings back what a Redis that was emptied has lost. */
  async #exchange(): Promise<void> {
    if (this.#shared === undefined) return;
    const all = await this.#shared.list();
    let isChanged = false;
    for (const [id, entry] of all) {
      if (entry.kind === 'settled') this.#noteSettled(id, entry.position);
      else if (!this.#pending.has(id) && !this.#ended.has(id)) {
        this.#pending.set(id, entry.override);
        isChanged = true;
      }
    }
    if (isChanged) this.#apply();
    for (const [id, override] of this.#pending)
      if (!all.has(id) && !this.#settled.has(id)) await this.#shared.share(override);
    for (const [id, { position, at }] of this.#told) {
      if (at < Date.now() - KEPT_MS) this.#told.delete(id);
      else if (!all.has(id)) await this.#shared.settle(id, position);
    }
  }

  /** A PostgreSQL that says nothing must not keep this replica from hearing of the others. */
  async #settleInTime(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#settling, late]);
    clearTimeout(timer);
  }

  async #settleAll(): Promise<void> {
    if (Date.now() - this.#triedAt < this.#settleMs) return;
    for (const [id, override] of [...this.#pending]) {
      if (this.#settled.has(id) || this.#settle === undefined) continue;
      this.#triedAt = Date.now();
      try {
        const position = await this.#settle(override);
        this.#noteSettled(id, position);
        // The others would only find it in the log.
        await this.#shared?.settle(id, position).catch(() => undefined);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'DATABASE_UNAVAILABLE') return;
        this.#logger.error({ err: error, msg: 'an emergency rollback cannot be written to the log', holdId: id });
      }
    }
  }

  #noteSettled(id: string, position: Position): void {
    if (this.#pending.has(id) && !this.#told.has(id)) this.#told.set(id, { position, at: Date.now() });
    this.#settled.set(id, position);
  }

  /** The log may be ahead of this router: what it has is laid over until then, lest the version comes back for a moment. */
  async #endThoseBrought(): Promise<void> {
    const { snapshot } = this.#router;
    if (snapshot === undefined) return;
    for (const [id, position] of [...this.#settled]) {
      if (comparePositions(snapshot.position, position) < 0) continue;
      if (this.#pending.delete(id)) this.#apply();
      this.#settled.delete(id);
      this.#ended.add(id);
      if (this.#ownIds.delete(id))
        await this.#journal.append({ type: 'settled', id, position }).catch((error) => {
          this.#logger.warn({ err: error, msg: 'the emergency journal cannot be written' });
        });
    }
  }

  #apply(): void {
    this.#router.setOverrides([...this.#pending.values()].map(({ hold }) => hold));
  }
}
