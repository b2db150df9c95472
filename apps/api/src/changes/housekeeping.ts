import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { IdempotencyStore } from './idempotency.store.ts';

const EVERY_MS = 3_600_000;

/** Once an hour: drops Idempotency-Keys that have run out. Harmless when several replicas do it. */
@Injectable()
export class Housekeeping {
  constructor(private readonly idempotency: IdempotencyStore) {}

  @Interval(EVERY_MS)
  async sweep(): Promise<void> {
    // A database that is away now is swept next time.
    await this.idempotency.sweep().catch(() => undefined);
  }
}
