import type { Health } from '@grey/contracts';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { DeliveriesStore } from './deliveries.store.ts';
import type { Notifier } from './notifier.ts';

const SWEEP_MS = 3_600_000;

/** Starts and stops the notifier with the process; without a key for the secrets there is none. */
export class NotificationsSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #feed: ChangeFeed;
  readonly #deliveries: DeliveriesStore;
  readonly #notifier: Notifier | undefined;
  #unsubscribe = () => {};

  constructor(feed: ChangeFeed, deliveries: DeliveriesStore, notifier: Notifier | undefined) {
    this.#feed = feed;
    this.#deliveries = deliveries;
    this.#notifier = notifier;
  }

  onApplicationBootstrap(): void {
    const notifier = this.#notifier;
    if (notifier === undefined) return;
    notifier.start();
    this.#unsubscribe = this.#feed.subscribe(() => notifier.wake());
  }

  async onApplicationShutdown(): Promise<void> {
    this.#unsubscribe();
    await this.#notifier?.stop();
  }

  /** Harmless when several replicas do it; what cannot be swept now is swept next time. */
  @Interval(SWEEP_MS)
  async sweep(): Promise<void> {
    await this.#deliveries.sweep().catch(() => undefined);
  }

  readPart(): Health['parts'][string] {
    return this.#notifier?.readPart() ?? { status: 'off' };
  }
}
