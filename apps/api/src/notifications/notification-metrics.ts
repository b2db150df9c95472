import { Counter, Gauge, Registry } from 'prom-client';

const outcomes = ['delivered', 'failed', 'dead'] as const;
export type AttemptOutcome = (typeof outcomes)[number];

/** Metrics of notifications. Attempts are counted by the process that made them; the rest is the same on every replica. */
export class NotificationMetrics {
  readonly #registry = new Registry();
  readonly #attempts: Counter<'outcome'>;
  /** As last read from the database. */
  counts = { channelCount: 0, pendingCount: 0, deadCount: 0, oldestMs: 0 };

  constructor() {
    this.#attempts = new Counter({
      name: 'grey_router_notification_attempts_total',
      help: 'Attempts of this process to deliver a notification: delivered, failed and to be repeated, or dead.',
      labelNames: ['outcome'],
      registers: [this.#registry],
    });
    for (const outcome of outcomes) this.#attempts.inc({ outcome }, 0);
    this.#gauge('waiting', 'Notifications that wait to be delivered.', () => this.counts.pendingCount);
    this.#gauge('dead', 'Dead letters that are kept.', () => this.counts.deadCount);
    this.#gauge('oldest_seconds', 'Age of the oldest notification that waits; 0 when none does.', () =>
      Math.round(this.counts.oldestMs / 1_000),
    );
  }

  ended(outcome: AttemptOutcome): void {
    this.#attempts.inc({ outcome });
  }

  print(): Promise<string> {
    return this.#registry.metrics();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const made: Gauge = new Gauge({
      name: `grey_router_notifications_${name}`,
      help,
      registers: [this.#registry],
      collect: () => made.set(read()),
    });
  }
}
