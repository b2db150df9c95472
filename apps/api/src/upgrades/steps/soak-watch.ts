import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { DecisionListeners } from '../../routing/decision-listeners.ts';
import { SoakCounters } from './soak-counters.ts';
import type { SoaksStore } from './soaks.store.ts';

/** How often a replica looks what soaks and writes what it counted: until then it counts nothing of a new one. */
const LOOK_MS = 1_000;

/** Counts on every replica for the gates of upgrades that soak. What SDKs decide themselves is not seen here. */
export class SoakWatch implements OnModuleInit, OnApplicationShutdown {
  readonly #store: Pick<SoaksStore, 'list' | 'add'>;
  readonly #listeners: Pick<DecisionListeners, 'add'>;
  readonly #counters = new SoakCounters();
  readonly #logger = new Logger('upgrades');
  #looking: Promise<void> | undefined;
  #isFailing = false;
  #stop: () => void = () => undefined;

  constructor(store: Pick<SoaksStore, 'list' | 'add'>, listeners: Pick<DecisionListeners, 'add'>) {
    this.#store = store;
    this.#listeners = listeners;
  }

  onModuleInit(): void {
    this.#stop = this.#listeners.add((_, decision) => this.#counters.decided(decision));
  }

  @Interval(LOOK_MS)
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop();
    await this.look();
  }

  async #look(): Promise<void> {
    const counts = this.#counters.take();
    try {
      await this.#store.add(counts);
      counts.length = 0;
      this.#counters.follow(await this.#store.list());
      this.#isFailing = false;
    } catch (error) {
      this.#counters.giveBack(counts);
      if (!this.#isFailing)
        this.#logger.warn({ err: error, msg: 'decisions for gates were not written; kept for later' });
      this.#isFailing = true;
    }
  }
}
