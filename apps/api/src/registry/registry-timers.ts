import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { HealthChecker } from './health-checker.ts';
import type { InstanceSets } from './instance-sets.ts';
import type { InstanceSharing } from './instance-sharing.ts';

const TICK_MS = 250;
/** After a stall the heartbeats of the meantime still wait to be read: nobody is taken out before they are. */
const STALL_MS = 1_000;

/** What the timer drives. */
export interface RegistryWork {
  readonly sharing: InstanceSharing;
  readonly checker: HealthChecker;
  readonly sets: InstanceSets | undefined;
  readonly serviceIds: () => Iterable<string>;
}

/** The one timer of the registry: takes out who is overdue, starts checks that are due, renews what would run out. */
export class RegistryTimers implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #lastTickAt = 0;

  readonly #work: RegistryWork;

  constructor(work: RegistryWork) {
    this.#work = work;
  }

  onApplicationBootstrap(): void {
    this.#work.sharing.start();
    this.#lastTickAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work.sharing.stop();
  }

  #tick(): void {
    const now = performance.now();
    const isLate = now - this.#lastTickAt > TICK_MS + STALL_MS;
    this.#lastTickAt = now;
    this.#work.sharing.tick(isLate);
    this.#work.checker.runDue();
    void this.#work.sets?.refreshDue(this.#work.serviceIds());
  }
}
