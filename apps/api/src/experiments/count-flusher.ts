import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DecisionCounters } from '../routing/decision-counters.ts';
import { ExperimentCountsStore } from './experiment-counts.store.ts';

const EVERY_MS = 10_000;

/** Adds what this router counted of experiments to what all have, every ten seconds and at the end. */
@Injectable()
export class CountFlusher implements OnApplicationShutdown {
  readonly #logger = new Logger('experiments');
  #isFailing = false;
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly counters: Pick<DecisionCounters, 'take' | 'giveBack'>,
    private readonly store: Pick<ExperimentCountsStore, 'add'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Never rejects: what cannot be written stays counted here and comes with the next flush. */
  @Interval(EVERY_MS)
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushOnce());
    return this.#flushing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  async #flushOnce(): Promise<void> {
    const counts = this.counters.take();
    if (counts.length === 0) return;
    const at = this.now();
    try {
      await this.store.add(counts.map((count) => ({ ...count, at })));
      this.#isFailing = false;
    } catch (error) {
      this.counters.giveBack(counts);
      if (!this.#isFailing)
        this.#logger.warn({ err: error, msg: 'decisions of experiments were not written; kept for later' });
      this.#isFailing = true;
    }
  }
}
