import type { Convergence, Position, Router, RouterList } from '@grey/contracts';

/** What a router says of itself. Times are milliseconds since 1970. */
export interface RouterReport {
  readonly id: string;
  readonly kind: Router['kind'];
  readonly host: string;
  readonly region: string | null;
  readonly startedAt: number;
  readonly reportedAt: number;
  readonly position: Position | null;
  readonly digest: string | null;
}

/** Where routers report; several processes share it through Redis, a single one has it to itself. */
export interface RouterReports {
  readonly ownId: string;
  readonly distribution: RouterList['distribution'];
  list(): Promise<readonly RouterReport[]>;
  /** Resolves when every router has applied the position, or when the time is over. */
  waitConverged(position: Position, timeoutMs: number): Promise<Convergence>;
}

/** Who routes, and by which position. */
export class RoutersService {
  readonly #reports: RouterReports;

  constructor(reports: RouterReports) {
    this.#reports = reports;
  }

  /** From memory or Redis; PostgreSQL is not asked, as this page is read when it is down. */
  async list(): Promise<RouterList> {
    const reports = await this.#reports.list();
    const position = furthestOf(reports);
    const items = reports.map((report) => show(report, position, this.#reports.ownId));
    return { items, position, distribution: this.#reports.distribution };
  }

  waitConverged(position: Position, timeoutMs: number): Promise<Convergence> {
    return this.#reports.waitConverged(position, timeoutMs);
  }
}

/** Epochs sort by time, so the later one is the greater. */
export function isAtLeast(position: Position, wanted: Position): boolean {
  if (position.epoch !== wanted.epoch) return position.epoch > wanted.epoch;
  return position.revision >= wanted.revision;
}

function furthestOf(reports: readonly RouterReport[]): Position | null {
  let furthest: Position | null = null;
  for (const { position } of reports) {
    if (position !== null && (furthest === null || isAtLeast(position, furthest))) furthest = position;
  }
  return furthest;
}

function show(report: RouterReport, furthest: Position | null, ownId: string): Router {
  const { startedAt, reportedAt, position } = report;
  const isComparable = position !== null && position.epoch === furthest?.epoch;
  return {
    ...report,
    startedAt: new Date(startedAt).toISOString(),
    reportedAt: new Date(reportedAt).toISOString(),
    behind: isComparable ? furthest.revision - position.revision : null,
    isOwn: report.id === ownId,
  };
}
