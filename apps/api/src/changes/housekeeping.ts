import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { IdempotencyStore } from './idempotency.store.ts';

const EVERY_MS = 3_600_000;

/** Once an hour: drops Idempotency-Keys that have run out. Harmless when several replicas do it. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly idempotency: IdempotencyStore) {}

  onApplicationBootstrap(): void {
    // A database that is away now is swept next time.
    this.#timer = setInterval(() => void this.idempotency.sweep().catch(() => undefined), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }
}
