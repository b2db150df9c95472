import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { packed } from '../infra/db/packed.ts';
import type { BatchRow, WaveRow } from './batch-row.ts';
import type { LeftOut } from './leave-out.ts';

const columns = Prisma.sql`
  b.id::text AS id, b.seq::float8 AS seq, b.name, b.kind, b.service_id AS "serviceId", b.from_version AS "fromVersion",
  b.to_version AS "toVersion", b.state, b.wave, b.concurrency, b."order", b.options, b.override_reason AS "overrideReason",
  b.requested_by AS "requestedBy", b.reason, b.confirmation, b.rollback, b.stopped_because AS "stoppedBecause", b.is_named AS "isNamed",
  b.created_at AS "createdAt", b.finished_at AS "finishedAt", b.stamp`;

/** A wave as the plan had it. */
export interface WaveDraft {
  readonly number: number;
  readonly name: string;
  readonly tenantIds: readonly string[];
  /** Of each the version that it is on; null: none. */
  readonly fromVersions: readonly (string | null)[];
  readonly failureBudget: number;
  readonly soakSeconds: number;
}

export type BatchDraft = Pick<
  BatchRow,
  | 'id'
  | 'name'
  | 'kind'
  | 'serviceId'
  | 'fromVersion'
  | 'toVersion'
  | 'concurrency'
  | 'order'
  | 'options'
  | 'overrideReason'
  | 'isNamed'
  | 'requestedBy'
  | 'reason'
>;

/** What of a batch changes on its way. */
export type BatchPatch = Partial<Pick<BatchRow, 'state' | 'wave' | 'confirmation' | 'rollback' | 'stoppedBecause'>> & {
  readonly isFinished?: boolean;
};

@Injectable()
export class UpgradeBatchesStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async find(tx: Transaction, id: string): Promise<BatchRow | undefined> {
    const [row] = await tx.$queryRaw<BatchRow[]>`
      SELECT ${columns} FROM upgrade_batches b WHERE b.id = ${id}::uuid`;
    return row;
  }

  /** Kept from others until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<BatchRow | undefined> {
    const [row] = await tx.$queryRaw<BatchRow[]>`
      SELECT ${columns} FROM upgrade_batches b WHERE b.id = ${id}::uuid FOR UPDATE`;
    return row;
  }

  /** Newest first. @param before seq of the last one that was seen */
  list(tx: Transaction, serviceId: string | undefined, before: number | undefined, limit: number): Promise<BatchRow[]> {
    return tx.$queryRaw<BatchRow[]>`
      SELECT ${columns} FROM upgrade_batches b
      WHERE ${serviceId === undefined ? Prisma.sql`TRUE` : Prisma.sql`b.service_id = ${serviceId}`}
        AND ${before === undefined ? Prisma.sql`TRUE` : Prisma.sql`b.seq < ${before}`}
      ORDER BY b.seq DESC LIMIT ${limit}`;
  }

  /** Of those that are not finished, the oldest first. */
  async listUnfinished(): Promise<string[]> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ id: string }[]>`
        SELECT id::text AS id FROM upgrade_batches WHERE finished_at IS NULL ORDER BY seq`,
    );
    return rows.map(({ id }) => id);
  }

  /** Unfinished ones that lead to a version. @param isLocked keeps them from others until the transaction ends */
  listLeadingTo(tx: Transaction, serviceId: string, toVersion: string, isLocked: boolean): Promise<BatchRow[]> {
    return tx.$queryRaw<BatchRow[]>`
      SELECT ${columns} FROM upgrade_batches b
      WHERE b.finished_at IS NULL AND b.service_id = ${serviceId} AND b.to_version = ${toVersion}
      ORDER BY b.seq ${isLocked ? Prisma.sql`FOR UPDATE` : Prisma.empty}`;
  }

  async insert(tx: Transaction, draft: BatchDraft, waves: readonly WaveDraft[]): Promise<void> {
    const { id, name, kind, serviceId, fromVersion, toVersion, concurrency, order, overrideReason, reason } = draft;
    await tx.$executeRaw`
      INSERT INTO upgrade_batches (id, name, kind, service_id, from_version, to_version, concurrency, "order", options,
        override_reason, is_named, requested_by, reason)
      VALUES (${id}::uuid, ${name}, ${kind}, ${serviceId}, ${fromVersion}, ${toVersion}, ${concurrency}, ${order},
        ${JSON.stringify(draft.options)}::jsonb, ${overrideReason}, ${draft.isNamed}, ${JSON.stringify(draft.requestedBy)}::jsonb, ${reason})`;
    for (const wave of waves)
      await tx.$executeRaw`
        INSERT INTO upgrade_batch_waves (batch_id, number, name, tenant_ids, from_versions, tenant_count, failure_budget,
          soak_seconds)
        VALUES (${id}::uuid, ${wave.number}, ${wave.name}, ${packed(wave.tenantIds)}, ${packed(wave.fromVersions)},
          ${wave.tenantIds.length}, ${wave.failureBudget}, ${wave.soakSeconds})`;
  }

  async update(tx: Transaction, id: string, patch: BatchPatch): Promise<BatchRow> {
    const sets = [
      Prisma.sql`stamp = nextval('routing_stamp_seq')`,
      ...(patch.state === undefined ? [] : [Prisma.sql`state = ${patch.state}`]),
      ...(patch.wave === undefined ? [] : [Prisma.sql`wave = ${patch.wave}`]),
      ...(patch.confirmation === undefined
        ? []
        : [Prisma.sql`confirmation = ${JSON.stringify(patch.confirmation)}::jsonb`]),
      ...(patch.rollback === undefined ? [] : [Prisma.sql`rollback = ${JSON.stringify(patch.rollback)}::jsonb`]),
      ...(patch.stoppedBecause === undefined ? [] : [Prisma.sql`stopped_because = ${patch.stoppedBecause}`]),
      ...(patch.isFinished === undefined
        ? []
        : [Prisma.sql`finished_at = ${patch.isFinished ? Prisma.sql`clock_timestamp()` : Prisma.sql`NULL`}`]),
    ];
    const [row] = await tx.$queryRaw<BatchRow[]>`
      UPDATE upgrade_batches b SET ${Prisma.join(sets)} WHERE b.id = ${id}::uuid RETURNING ${columns}`;
    return row as BatchRow;
  }

  /** In their order. */
  async listWaves(tx: Transaction, batchId: string): Promise<WaveRow[]> {
    return (await this.listWavesOf(tx, [batchId])).get(batchId) ?? [];
  }

  /** By batch. */
  async listWavesOf(tx: Transaction, batchIds: readonly string[]): Promise<Map<string, WaveRow[]>> {
    const rows = await tx.$queryRaw<(WaveRow & { batchId: string })[]>`
      SELECT batch_id::text AS "batchId", number, name, state, tenant_count AS "tenantCount",
             begun_count AS "begunCount", failure_budget AS "failureBudget", soak_seconds AS "soakSeconds",
             soak_until AS "soakUntil", started_at AS "startedAt", finished_at AS "finishedAt"
      FROM upgrade_batch_waves WHERE batch_id = ANY (${[...batchIds]}::uuid[]) ORDER BY number`;
    return Map.groupBy(rows, ({ batchId }) => batchId);
  }

  async readClock(tx: Transaction): Promise<Date> {
    const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
    return row?.now ?? new Date();
  }

  async beginWave(
    tx: Transaction,
    batchId: string,
    wave: number,
    begunCount: number,
    leftOut: readonly LeftOut[],
  ): Promise<void> {
    await tx.$executeRaw`
      UPDATE upgrade_batch_waves SET state = 'running', begun_count = ${begunCount}, started_at = clock_timestamp(),
        left_out = ${JSON.stringify(leftOut)}::jsonb
      WHERE batch_id = ${batchId}::uuid AND number = ${wave}`;
  }

  async soakWave(tx: Transaction, batchId: string, wave: number): Promise<void> {
    await tx.$executeRaw`
      UPDATE upgrade_batch_waves SET state = 'soaking',
        soak_until = clock_timestamp() + soak_seconds * interval '1 second'
      WHERE batch_id = ${batchId}::uuid AND number = ${wave}`;
  }

  /** Ends waves that are in some states, or lets them go back. */
  async setWaves(
    tx: Transaction,
    batchId: string,
    from: readonly WaveRow['state'][],
    to: WaveRow['state'],
    numbers?: readonly number[],
  ): Promise<void> {
    const isEnd = to !== 'rolling_back';
    await tx.$executeRaw`
      UPDATE upgrade_batch_waves SET state = ${to}, soak_until = NULL,
        finished_at = ${isEnd ? Prisma.sql`clock_timestamp()` : Prisma.sql`NULL`}
      WHERE batch_id = ${batchId}::uuid AND state = ANY (${[...from]}::text[])
        AND ${numbers === undefined ? Prisma.sql`TRUE` : Prisma.sql`number = ANY (${[...numbers]}::int[])`}`;
  }

  /** Of batches that there are, a text by id that differs whenever the batch, or one of its upgrades, has changed. */
  async readStamps(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ id: string; stamp: string }[]>`
        SELECT b.id::text AS id, b.stamp::text || '-' || coalesce(
          (SELECT max(u.stamp) FROM upgrades u WHERE u.batch_id = b.id), 0)::text AS stamp
        FROM upgrade_batches b WHERE b.id = ANY (${[...ids]}::uuid[])`,
    );
    return new Map(rows.map(({ id, stamp }) => [id, stamp]));
  }
}
