import type { Position } from '@grey/contracts';
import type { RouterReport } from '@grey/propagation';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import { packed } from '../infra/db/packed.ts';

/** A router as the database remembers it. */
export interface RememberedRouter {
  readonly report: RouterReport;
  readonly isGone: boolean;
  /** Since it was written here, in milliseconds by the clock of the database. */
  readonly ageMs: number;
  /** An operator vouched for it when this was the time of its last report; null: nobody did, or it has reported since. */
  readonly forgottenAt: number | null;
}

/** What is written down of one by others than itself. */
export type NotedRouter = Pick<RememberedRouter, 'report' | 'isGone'>;

type Row = Omit<RememberedRouter, 'report'> & { readonly report: string };

/** Who routes, kept where nothing is lost: Redis may be emptied, or not be there. */
@Injectable()
export class KnownRoutersStore {
  constructor(private readonly database: Database) {}

  /** Writes a router's own report. @returns the end of the log @throws ApiError DATABASE_UNAVAILABLE */
  async report(report: RouterReport): Promise<Position> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ epoch: string; revision: bigint }[]>`
        WITH own AS (
          INSERT INTO known_routers (id, kind, report, seen_at)
          VALUES (${report.id}, ${report.kind}, ${JSON.stringify(report)}, clock_timestamp())
          ON CONFLICT (id) DO UPDATE
            SET report = EXCLUDED.report, seen_at = EXCLUDED.seen_at, forgotten_report_at = NULL
        )
        SELECT epoch, revision FROM log_position WHERE id = 1`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the log has not been opened');
    return { epoch: row.epoch, revision: Number(row.revision) };
  }

  /** It will not route any more. */
  async sayGoodbye(id: string): Promise<void> {
    await this.database.run((client) => client.$executeRaw`UPDATE known_routers SET gone_at = now() WHERE id = ${id}`);
  }

  /** All that reported lately, gone or not, by id. @throws ApiError DATABASE_UNAVAILABLE */
  async list(withinMs: number): Promise<RememberedRouter[]> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<Row[]>`
        SELECT report, gone_at IS NOT NULL AS "isGone", forgotten_report_at::float8 AS "forgottenAt",
               (EXTRACT(EPOCH FROM clock_timestamp() - seen_at) * 1000)::float8 AS "ageMs"
        FROM known_routers WHERE seen_at > clock_timestamp() - ${withinMs}::float8 * interval '1 millisecond'
        ORDER BY id`,
    );
    return rows.map(({ report, ...row }) => ({ ...row, report: JSON.parse(report) as RouterReport }));
  }

  /** Writes down what others reported elsewhere. A replica's own goodbye is the last word on it. */
  async remember(routers: readonly NotedRouter[]): Promise<void> {
    if (routers.length === 0) return;
    const reports = routers.map(({ report }) => report);
    await this.database.run(
      (client) => client.$executeRaw`
        INSERT INTO known_routers AS k (id, kind, report, seen_at, gone_at)
        SELECT r.id, r.kind, r.report, clock_timestamp(), CASE WHEN r.is_gone THEN clock_timestamp() END
        FROM unnest(${packed(reports.map(({ id }) => id))}, ${packed(reports.map(({ kind }) => kind))},
                    ${packed(reports.map((report) => JSON.stringify(report)))},
                    ${routers.map(({ isGone }) => isGone)}::boolean[]) AS r (id, kind, report, is_gone)
        ON CONFLICT (id) DO UPDATE SET report = EXCLUDED.report, seen_at = EXCLUDED.seen_at,
          forgotten_report_at = CASE WHEN (EXCLUDED.report::jsonb ->> 'at')::float8 = k.forgotten_report_at
            THEN k.forgotten_report_at END,
          gone_at = CASE WHEN k.kind = 'api' THEN COALESCE(k.gone_at, EXCLUDED.gone_at) ELSE EXCLUDED.gone_at END`,
    );
  }

  /** Somebody vouches that it is gone; holds until it reports again. */
  async forget(tx: Transaction, report: RouterReport): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO known_routers (id, kind, report, forgotten_report_at)
      VALUES (${report.id}, ${report.kind}, ${JSON.stringify(report)}, ${report.at})
      ON CONFLICT (id) DO UPDATE SET report = EXCLUDED.report, forgotten_report_at = EXCLUDED.forgotten_report_at`;
  }

  /** Drops who has long been of no account. */
  async prune(olderThanMs: number): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        DELETE FROM known_routers WHERE seen_at < clock_timestamp() - ${olderThanMs}::float8 * interval '1 millisecond'`,
    );
  }
}
