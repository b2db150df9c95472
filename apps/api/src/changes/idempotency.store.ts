import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { IdempotencyClaim } from '../infra/http/idempotency.ts';

const KEPT_MS = 24 * 3_600_000;

/** Remembers answers in the transaction of the change itself: an answer is kept exactly when its effect is. */
@Injectable()
export class IdempotencyStore {
  constructor(private readonly database: Database) {}

  /**
   * @returns the earlier answer, or undefined when this request is the first
   * @throws ApiError IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_CONFLICT
   */
  async claim(tx: Transaction, claim: IdempotencyClaim): Promise<unknown> {
    const [lock] = await tx.$queryRaw<{ is_mine: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtextextended(${`${claim.callerId}\n${claim.key}`}, 72707)) AS is_mine`;
    if (lock?.is_mine !== true) throw new ApiError('IDEMPOTENCY_IN_PROGRESS');
    const where = { callerId_key: { callerId: claim.callerId, key: claim.key } };
    const row = await tx.idempotencyKey.findUnique({ where });
    if (row === null) return undefined;
    if (row.expiresAt <= new Date()) {
      await tx.idempotencyKey.delete({ where });
      return undefined;
    }
    if (row.requestHash !== claim.requestHash) throw new ApiError('IDEMPOTENCY_CONFLICT');
    return JSON.parse(row.answer);
  }

  async keep(
    tx: Transaction,
    { callerId, key, operation, requestHash }: IdempotencyClaim,
    answer: unknown,
  ): Promise<void> {
    const expiresAt = new Date(Date.now() + KEPT_MS);
    await tx.idempotencyKey.create({
      data: { callerId, key, operation, requestHash, answer: JSON.stringify(answer), expiresAt },
    });
  }

  /** Drops what has run out. */
  async sweep(): Promise<void> {
    await this.database.run((client) => client.idempotencyKey.deleteMany({ where: { expiresAt: { lt: new Date() } } }));
  }
}
