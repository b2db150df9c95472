import type { Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../infra/db/database.ts';
import { ApiError } from '../../infra/http/api-error.ts';
import { positionOf } from '../change-id.ts';

/** A place in the log. `at` null: before its first change. */
export interface Moment {
  readonly position: Position;
  readonly at: Date | null;
}

interface Row {
  readonly epoch: string;
  readonly revision: bigint;
  readonly at: Date;
}

/** Finds the place in the log that a caller means. */
@Injectable()
export class MomentsStore {
  /**
   * @param text `epoch-revision`, a time, or undefined for now
   * @throws ApiError CHANGE_UNKNOWN for a position that is not in the log; HISTORY_TRIMMED when what happened since is no
   * longer kept, so that nothing can be said of that moment
   */
  async find(tx: Transaction, text: string | undefined): Promise<Moment> {
    const moment = await this.#find(tx, text);
    const { epoch, revision } = moment.position;
    const [trimmed] = await tx.$queryRaw<{ one: number }[]>`
      SELECT 1 AS one FROM changes WHERE (epoch, revision) > (${epoch}, ${BigInt(revision)}) AND trimmed_at IS NOT NULL LIMIT 1`;
    if (trimmed !== undefined) throw new ApiError('HISTORY_TRIMMED');
    return moment;
  }

  async #find(tx: Transaction, text: string | undefined): Promise<Moment> {
    if (text === undefined)
      return momentOf(await lastUntil(tx, new Date('9999-12-31T00:00:00Z'))) ?? this.#beginning(tx);
    if (text.includes('T') && text.includes(':'))
      return momentOf(await lastUntil(tx, new Date(text))) ?? this.#beginning(tx);
    const position = positionOf(text);
    const [row] = await tx.$queryRaw<Row[]>`
      SELECT epoch, revision, at FROM changes WHERE epoch = ${position.epoch} AND revision = ${BigInt(position.revision)}`;
    const moment = momentOf(row);
    if (moment !== undefined) return moment;
    const [known] = await tx.$queryRaw<{ one: number }[]>`
      SELECT 1 AS one FROM changes WHERE epoch = ${position.epoch}
      UNION ALL SELECT 1 FROM log_position WHERE epoch = ${position.epoch} LIMIT 1`;
    if (position.revision !== 0 || known === undefined) throw new ApiError('CHANGE_UNKNOWN');
    const [before] = await tx.$queryRaw<Row[]>`
      SELECT epoch, revision, at FROM changes WHERE epoch < ${position.epoch} ORDER BY epoch DESC, revision DESC LIMIT 1`;
    return { position, at: before?.at ?? null };
  }

  async #beginning(tx: Transaction): Promise<Moment> {
    const [row] = await tx.$queryRaw<{ epoch: string }[]>`
      SELECT coalesce((SELECT min(epoch) FROM changes), (SELECT epoch FROM log_position WHERE id = 1)) AS epoch`;
    return { position: { epoch: row?.epoch ?? '', revision: 0 }, at: null };
  }
}

async function lastUntil(tx: Transaction, at: Date): Promise<Row | undefined> {
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT epoch, revision, at FROM changes WHERE at <= ${at} ORDER BY at DESC, epoch DESC, revision DESC LIMIT 1`;
  return row;
}

function momentOf(row: Row | undefined): Moment | undefined {
  return row && { position: { epoch: row.epoch, revision: Number(row.revision) }, at: row.at };
}

/** A moment in the words of the API. */
export function showMoment({ position, at }: Moment) {
  return { position, at: at?.toISOString() ?? null };
}
