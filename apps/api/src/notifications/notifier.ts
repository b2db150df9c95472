import { randomUUID } from 'node:crypto';
import type { Health } from '@grey/contracts';
import { Logger } from '@nestjs/common';
import { backOff } from './back-off.ts';
import type { Attempt, ChannelSender } from './channel-sender.ts';
import type { DeliveriesStore, DeliveryRow } from './deliveries.store.ts';
import type { LogReaderStore } from './log-reader.store.ts';
import type { NotificationMetrics } from './notification-metrics.ts';

/** How often a replica looks for changes of others, and for deliveries whose time has come. */
const POLL_MS = 1_000;
/** Changes that come together are read together. */
const GATHER_MS = 20;
/** How long sends under way may take to end when the process is told to. */
const DRAIN_MS = 2_000;

export interface NotifierSettings {
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backOffMs: number;
}

/**
 * Reads the log and delivers what was asked for, beside everything else: nobody who makes a change waits for it. Each
 * channel goes its own way, one delivery at a time and in order; one that hangs keeps only itself waiting.
 */
export class Notifier {
  readonly #log: LogReaderStore;
  readonly #deliveries: DeliveriesStore;
  readonly #sender: ChannelSender;
  readonly #metrics: NotificationMetrics;
  readonly #settings: NotifierSettings;
  readonly #logger = new Logger('notifications');
  /** Of this process; channels are leased under it. */
  readonly #owner = randomUUID();
  readonly #busy = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** When the next look is due, by `performance.now()`. */
  #wakeAt = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #failingSince: Date | undefined;

  constructor(
    log: LogReaderStore,
    deliveries: DeliveriesStore,
    sender: ChannelSender,
    metrics: NotificationMetrics,
    settings: NotifierSettings,
  ) {
    this.#log = log;
    this.#deliveries = deliveries;
    this.#sender = sender;
    this.#metrics = metrics;
    this.#settings = settings;
  }

  start(): void {
    this.#wakeIn(POLL_MS);
  }

  /** There may be something to do; returns at once. */
  wake(): void {
    this.#wakeIn(GATHER_MS);
  }

  /** Lets what is being sent end, within bounds, and hands the channels to other replicas. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const ended = Promise.all([this.#running, ...this.#busy.values()]);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
    // Without it, the next process would wait for the leases to run out.
    await this.#deliveries.release(this.#owner).catch(() => undefined);
  }

  /** From memory: /health must answer while the database does not. */
  readPart(): Health['parts'][string] {
    const { channelCount, pendingCount, deadCount } = this.#metrics.counts;
    const detail = `${channelCount} channels, ${pendingCount} waiting, ${deadCount} dead`;
    if (this.#failingSince === undefined) return { status: 'up', detail };
    return { status: 'down', detail, since: this.#failingSince.toISOString() };
  }

  /** The earliest wish counts: changes that come without a pause must not put the look off for ever. */
  #wakeIn(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.#isStopped || this.#wakeAt <= at) return;
    this.#wakeAt = at;
    // While a look is under way, the wish is kept for its end.
    if (this.#running === undefined) this.#setTimer();
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#wakeAt - performance.now())).unref();
  }

  #tick(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#running = this.#look().then((nextMs) => {
      this.#running = undefined;
      this.#wakeIn(nextMs);
      if (!this.#isStopped) this.#setTimer();
    });
  }

  /** @returns when to look again, in milliseconds */
  async #look(): Promise<number> {
    try {
      // Between two batches, deliveries start: a long backlog in the log does not hold them up.
      const hasMore = await this.#log.readOn();
      const due = await this.#deliveries.listDue(this.#owner);
      for (const { channelId, waitMs } of due) if (waitMs <= 0) this.#begin(channelId);
      this.#metrics.counts = await this.#deliveries.count();
      this.#failingSince = undefined;
      if (hasMore) return 0;
      const waits = due.filter(({ channelId }) => !this.#busy.has(channelId)).map(({ waitMs }) => waitMs);
      return Math.max(10, Math.min(POLL_MS, ...waits));
    } catch (error) {
      // Once, not every second while the database is away.
      if (this.#failingSince === undefined)
        this.#logger.warn({ err: error, msg: 'notifications wait until the database can be read' });
      this.#failingSince ??= new Date();
      return POLL_MS;
    }
  }

  #begin(channelId: string): void {
    if (this.#busy.has(channelId)) return;
    const drained = this.#drain(channelId)
      // What was sent but not written down is sent again: at least once.
      .catch(() => undefined)
      .then(() => {
        this.#busy.delete(channelId);
        this.wake();
      });
    this.#busy.set(channelId, drained);
  }

  async #drain(channelId: string): Promise<void> {
    const { timeoutMs } = this.#settings;
    while (!this.#isStopped) {
      // Longer than a send can take: nobody else takes the channel while one is under way.
      const channel = await this.#deliveries.lease(channelId, this.#owner, 2 * timeoutMs + 5_000);
      const delivery = channel === undefined ? undefined : await this.#deliveries.findDue(channelId);
      if (channel === undefined || delivery === undefined) break;
      const attempt = await this.#sender.send(channel, delivery.notification);
      const pauseMs = this.#pauseAfter(delivery, attempt);
      await this.#deliveries.settle(delivery, this.#owner, attempt, pauseMs);
      this.#metrics.ended(attempt.isDelivered ? 'delivered' : pauseMs === null ? 'dead' : 'failed');
      if (pauseMs !== null) break;
    }
    await this.#deliveries.release(this.#owner, channelId);
  }

  /** @returns milliseconds; null when the delivery has ended, well or not */
  #pauseAfter({ attemptCount }: DeliveryRow, attempt: Attempt): number | null {
    if (attempt.isDelivered || attempt.isFinal || attemptCount + 1 >= this.#settings.attempts) return null;
    return backOff(this.#settings.backOffMs, attemptCount + 1, Math.random());
  }
}
