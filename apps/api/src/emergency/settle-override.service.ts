import type { Position, RollbackResult } from '@grey/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import { SnapshotsService } from '../changes/snapshots.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { Replayed } from '../infra/http/replayed.ts';
import type { Override } from './override.ts';
import { RewriteJob } from './rewrite-job.ts';
import { WriteRollbackService } from './write-rollback.service.ts';

/** Brings a rollback that was taken while PostgreSQL was away into the log, once, whoever does it and however often. */
@Injectable()
export class SettleOverrideService {
  readonly #logger = new Logger('emergency');

  constructor(
    private readonly writing: WriteRollbackService,
    private readonly changes: ChangesService,
    private readonly snapshots: SnapshotsService,
    private readonly job: RewriteJob,
  ) {}

  /**
   * @returns a position from which on the log says whether it is in force
   * @throws ApiError DATABASE_UNAVAILABLE
   */
  async settle(override: Override): Promise<Position> {
    const { actor, reason, idempotency } = override;
    const request = { kind: 'hold.created', actor, reason, idempotency: idempotency ?? undefined } as const;
    let position: Position | undefined;
    try {
      const answer = await this.changes.commit<RollbackResult>(request, async (tx, changeKey) => {
        const work = await this.writing.writeOverride(tx, changeKey, override);
        return {
          items: work.items,
          services: work.services,
          answer: (committed) => {
            position = committed.position;
            return override.answer;
          },
        };
      });
      // Under the key another rollback is in the log already; this one was its repetition.
      if (answer instanceof Replayed) position = undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'HOLD_CYCLE') throw error;
      this.#logger.error({
        err: error,
        msg: 'an emergency rollback does not fit the holds there are, and ends',
        override,
      });
    }
    this.job.nudge();
    return position ?? this.snapshots.loadPosition();
  }
}
