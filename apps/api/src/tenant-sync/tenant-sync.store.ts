import type { TenantSyncCounts, TenantSyncPlan, TenantSyncRun, TenantSyncSamples } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma, type TenantSyncRun as RunRow } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { SeenPage } from './tenant-source.ts';

/** Runs that are kept; the status shows the newest {@link SHOWN_RUNS}. */
const KEPT_RUNS = 100;
const SHOWN_RUNS = 20;

/** What is known of the list that was last taken over. */
export interface Seen {
  /** Address it came from. */
  readonly where: string;
  readonly pages: readonly SeenPage[];
  /** Of the tenants here, as that list left them: when it differs, the list must be read again though it is the same. */
  readonly tenantsStamp: string;
}

export interface SyncState {
  /** Milliseconds since 1970 by the clock of the database, which all replicas share. */
  readonly now: number;
  readonly lastRunAt: Date | null;
  readonly lastGoodAt: Date | null;
  readonly staleSince: Date | null;
  /** The last run left no word of how it ended: it is going on, or its process died. */
  readonly isUnfinished: boolean;
}

/** How a run ended, with what it found. */
export type RunRecord = Omit<TenantSyncRun, 'id' | 'finishedAt'> & {
  readonly samples: TenantSyncSamples | null;
  readonly plan: TenantSyncPlan | null;
  /** Replaces what was known of the list; undefined leaves it. */
  readonly seen?: Seen | undefined;
};

/** A run that has its number. */
export interface Begun {
  readonly id: number;
  readonly startedAt: Date;
  readonly seen: Seen | null;
  /** Of the tenants as they are now. */
  readonly tenantsStamp: string;
}

export interface SyncHistory {
  readonly runs: readonly TenantSyncRun[];
  readonly counts: TenantSyncCounts | null;
  readonly samples: TenantSyncSamples | null;
  readonly plan: TenantSyncPlan | null;
}

/** State and past of the sync, shared by all replicas. */
@Injectable()
export class TenantSyncStore {
  constructor(private readonly database: Database) {}

  readState(): Promise<SyncState> {
    return this.database.run((client) => stateIn(client));
  }

  /** State and history as of one moment. */
  readStatus(): Promise<{ state: SyncState; history: SyncHistory }> {
    return this.database.consistentRead(async (tx) => ({ state: await stateIn(tx), history: await historyIn(tx) }));
  }

  /** Takes the next number, which from now on is the only one that may write. */
  async begin(): Promise<Begun> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ number: bigint; startedAt: Date; seen: Seen | null }[]>`
        UPDATE tenant_sync_state SET run_sequence = run_sequence + 1, last_run_at = clock_timestamp() WHERE id = 1
        RETURNING run_sequence AS number, last_run_at AS "startedAt", seen`;
      if (row === undefined) throw new Error('The tenant sync has no row for its state.');
      const { number, ...begun } = row;
      return { id: Number(number), ...begun, tenantsStamp: await readStamp(tx) };
    });
  }

  /** Holds the state until the end of the transaction. @returns false when a newer run has begun */
  async holdNumber(tx: Transaction, id: number): Promise<boolean> {
    const [row] = await tx.$queryRaw<{ number: bigint }[]>`
      SELECT run_sequence AS number FROM tenant_sync_state WHERE id = 1 FOR UPDATE`;
    return Number(row?.number) === id;
  }

  /** Writes how a run ended, unless a newer one has begun. */
  async record(id: number, { seen, ...run }: RunRecord): Promise<void> {
    const isGood = run.outcome === 'applied' || run.outcome === 'unchanged';
    await this.database.transaction(async (tx) => {
      if (!(await this.holdNumber(tx, id))) return;
      const startedAt = new Date(run.startedAt);
      await tx.tenantSyncRun.create({
        data: {
          ...run,
          id,
          startedAt,
          finishedAt: new Date(),
          counts: jsonOf(run.counts),
          samples: jsonOf(run.samples),
          plan: jsonOf(run.plan),
        },
      });
      await tx.tenantSyncRun.deleteMany({ where: { id: { lte: id - KEPT_RUNS } } });
      const { staleSince } = await tx.tenantSyncState.findUniqueOrThrow({ where: { id: 1 } });
      await tx.tenantSyncState.update({
        where: { id: 1 },
        data: {
          ...(isGood ? { lastGoodAt: startedAt, staleSince: null } : { staleSince: staleSince ?? startedAt }),
          ...(seen === undefined ? {} : { seen: jsonOf(seen) }),
        },
      });
    });
  }

  /** What the last run with a list found. */
  readLastList(): Promise<Pick<SyncHistory, 'counts' | 'samples'>> {
    return this.database.run((client) => lastListIn(client));
  }
}

async function stateIn(tx: Transaction): Promise<SyncState> {
  const [row] = await tx.$queryRaw<SyncState[]>`
    SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now, last_run_at AS "lastRunAt",
           last_good_at AS "lastGoodAt", stale_since AS "staleSince",
           run_sequence > (SELECT coalesce(max(id), 0) FROM tenant_sync_runs) AS "isUnfinished"
    FROM tenant_sync_state`;
  if (row === undefined) throw new Error('The tenant sync has no row for its state.');
  return { ...row, now: Number(row.now) };
}

async function historyIn(tx: Transaction): Promise<SyncHistory> {
  const rows = await tx.tenantSyncRun.findMany({
    orderBy: { id: 'desc' },
    take: SHOWN_RUNS,
    omit: { samples: true, plan: true },
  });
  return { runs: rows.map(runOf), ...(await lastListIn(tx)) };
}

async function lastListIn(tx: Transaction): Promise<Omit<SyncHistory, 'runs'>> {
  const row = await tx.tenantSyncRun.findFirst({
    where: { counts: { not: Prisma.DbNull } },
    orderBy: { id: 'desc' },
    select: { counts: true, samples: true, plan: true },
  });
  return {
    counts: (row?.counts ?? null) as unknown as TenantSyncCounts | null,
    samples: (row?.samples ?? null) as unknown as TenantSyncSamples | null,
    plan: (row?.plan ?? null) as unknown as TenantSyncPlan | null,
  };
}

/** Every change of a tenant raises the sum of the row versions, and no row ever goes. */
async function readStamp(tx: Transaction): Promise<string> {
  const [row] = await tx.$queryRaw<{ stamp: string }[]>`
    SELECT count(*) || ':' || coalesce(sum(row_version), 0) AS stamp FROM tenants`;
  return row?.stamp ?? '';
}

function jsonOf(value: object | null): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}

function runOf(row: Omit<RunRow, 'samples' | 'plan'>): TenantSyncRun {
  return {
    id: Number(row.id),
    trigger: row.trigger as TenantSyncRun['trigger'],
    actorName: row.actorName,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt.toISOString(),
    outcome: row.outcome as TenantSyncRun['outcome'],
    error: row.error,
    changeId: row.changeId,
    counts: row.counts as unknown as TenantSyncCounts | null,
  };
}
