import type { Convergence, Position, Router, RouterList } from '@grey/contracts';
import { comparePositions, type RouterReport } from '@grey/propagation';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Predecessors } from './predecessors.ts';
import type { RouterMemory } from './router-memory.ts';
import { showRouter } from './show-router.ts';

/** Where routers report; several processes share it through Redis, a single one has it to itself. */
export interface RouterReports {
  /** Begins to report. */
  start(): Promise<void>;
  /** Says goodbye. */
  stop(): Promise<void>;
  readonly ownId: string;
  /** This router as it would report itself now. */
  report(): RouterReport;
  readonly distribution: RouterList['distribution'];
  list(): Promise<readonly RouterReport[]>;
  /** Resolves when every router has applied the position, or when the time is over. */
  waitConverged(position: Position, timeoutMs: number): Promise<Convergence>;
}

/** Who routes, and by which position. */
export class RoutersService {
  readonly #reports: RouterReports;
  readonly #lease: Pick<LeaseKeeper, 'start' | 'stop'>;
  readonly #memory: Pick<RouterMemory, 'start' | 'stop'>;
  readonly #predecessors: Pick<Predecessors, 'start' | 'stop'>;

  constructor(
    reports: RouterReports,
    lease: Pick<LeaseKeeper, 'start' | 'stop'>,
    memory: Pick<RouterMemory, 'start' | 'stop'>,
    predecessors: Pick<Predecessors, 'start' | 'stop'>,
  ) {
    this.#predecessors = predecessors;
    this.#reports = reports;
    this.#lease = lease;
    this.#memory = memory;
  }

  async start(): Promise<void> {
    await this.#predecessors.start();
    await this.#reports.start();
    await this.#lease.start();
    this.#memory.start();
  }

  /** Says goodbye. To be called when no request is answered any more. */
  async stop(): Promise<void> {
    this.#memory.stop();
    const hasSaidGoodbye = await this.#lease.stop();
    await this.#reports.stop();
    await this.#predecessors.stop(hasSaidGoodbye);
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

function furthestOf(reports: readonly RouterReport[]): Position | null {
  let furthest: Position | null = null;
  for (const { position } of reports) {
    if (position !== null && (furthest === null || comparePositions(position, furthest) > 0)) furthest = position;
  }
  return furthest;
}

function show(report: RouterReport, furthest: Position | null, ownId: string): Router {
  const { id, digest, lagMs = null } = report;
  return { ...showRouter(report, furthest), digest, lagMs, isOwn: id === ownId };
}
