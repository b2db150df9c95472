import type { BatchException, operations, UpgradeBatch } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { exceptionOfKept, exceptionOfNotBegun } from './batch-exception.ts';
import { BatchExceptionsStore } from './batch-exceptions.store.ts';
import { BatchMembersStore } from './batch-members.store.ts';
import type { BatchRow, WholeBatch } from './batch-row.ts';
import { batchView } from './batch-view.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';

type Ops = typeof operations;

/** Batches as they stand. */
@Injectable()
export class BatchViews {
  constructor(
    private readonly store: UpgradeBatchesStore,
    private readonly members: BatchMembersStore,
    private readonly exceptions: BatchExceptionsStore,
  ) {}

  /** @throws ApiError CURSOR_INVALID */
  list({ input }: Called<Ops['listUpgradeBatches']>) {
    const { limit, cursor, serviceId } = input.query;
    const scope = ['upgrade-batches', serviceId];
    const [before] = readCursor(scope, cursor, ['count']) ?? [];
    return this.store.consistentRead(async (tx) => {
      const rows = await this.store.list(tx, serviceId, before as number | undefined, limit + 1);
      const views = new Map<string, UpgradeBatch>();
      for (const whole of await this.readAll(tx, rows.slice(0, limit))) views.set(whole.batch.id, batchView(whole));
      return pageOfRows(
        rows,
        limit,
        scope,
        (row) => [row.seq],
        (row) => views.get(row.id) as UpgradeBatch,
      );
    });
  }

  /** @throws ApiError UPGRADE_BATCH_UNKNOWN */
  get({ input }: Called<Ops['getUpgradeBatch']>): Promise<UpgradeBatch> {
    return this.store.consistentRead(async (tx) => this.show(tx, await this.find(tx, input.params.batchId)));
  }

  /** Of the caller's tenants. @throws ApiError UPGRADE_BATCH_UNKNOWN, CURSOR_INVALID */
  listExceptions({ caller, input }: Called<Ops['listBatchExceptions']>) {
    const { batchId } = input.params;
    const { kind, limit, cursor } = input.query;
    const scope = ['batch-exceptions', batchId, kind];
    const last = readCursor(scope, cursor, ['count', 'text']);
    const after = last && { wave: Number(last[0]), tenantId: String(last[1]) };
    const page = { batchId, only: caller.tenantIds, after, limit: limit + 1 };
    return this.store.consistentRead(async (tx) => {
      await this.find(tx, batchId);
      const rows: BatchException[] =
        kind === 'cannot_return'
          ? (await this.exceptions.listKept(tx, page)).map(exceptionOfKept)
          : (await this.exceptions.listNotBegun(tx, page)).map(exceptionOfNotBegun);
      return pageOfRows(
        rows,
        limit,
        scope,
        (row) => [row.wave, row.tenantId],
        (row) => row,
      );
    });
  }

  /** For streams; undefined: there is none. */
  findView(batchId: string): Promise<UpgradeBatch | undefined> {
    return this.store.consistentRead(async (tx) => {
      const row = await this.store.find(tx, batchId);
      return row === undefined ? undefined : this.show(tx, row);
    });
  }

  /** @param isLocked keeps it from others until the transaction ends @throws ApiError UPGRADE_BATCH_UNKNOWN */
  async find(tx: Transaction, id: string, isLocked = false): Promise<BatchRow> {
    const row = await (isLocked ? this.store.lock(tx, id) : this.store.find(tx, id));
    if (row === undefined) throw new ApiError('UPGRADE_BATCH_UNKNOWN');
    return row;
  }

  async show(tx: Transaction, row: BatchRow): Promise<UpgradeBatch> {
    return batchView(await this.read(tx, row));
  }

  async read(tx: Transaction, row: BatchRow): Promise<WholeBatch> {
    return (await this.readAll(tx, [row]))[0] as WholeBatch;
  }

  /** In a number of statements that does not depend on how many they are. */
  async readAll(tx: Transaction, rows: readonly BatchRow[]): Promise<WholeBatch[]> {
    const ids = rows.map(({ id }) => id);
    const counts = await this.members.countMembers(tx, ids);
    const waves = await this.store.listWavesOf(tx, ids);
    const goneBack = rows.filter(({ rollback }) => rollback !== null).map(({ id }) => id);
    const kept = goneBack.length === 0 ? new Map() : await this.exceptions.countKept(tx, goneBack);
    return rows.map((batch) => ({
      batch,
      waves: waves.get(batch.id) ?? [],
      counts: counts.get(batch.id) ?? new Map(),
      keptCount: kept.get(batch.id) ?? 0,
    }));
  }
}
