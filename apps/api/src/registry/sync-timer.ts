import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { RegistrySync } from './registry-sync.ts';

const TICK_MS = 250;

/** Drives the sync of a foreign registry, as long as the application runs. */
export class SyncTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #sync: RegistrySync | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(sync: RegistrySync | undefined) {
    this.#sync = sync;
  }

  onApplicationBootstrap(): void {
    if (this.#sync !== undefined) this.#timer = setInterval(() => this.#sync?.tick(), TICK_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sync?.stop();
  }
}
