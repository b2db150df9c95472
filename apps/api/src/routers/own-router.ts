import { hostname } from 'node:os';
import type { Convergence, Position } from '@grey/contracts';
import { comparePositions, type RouterLease, type RouterReport } from '@grey/propagation';
import type { RouterState } from '../routing/router-state.ts';
import type { RouterReports } from './routers.service.ts';

const NOWHERE: Position = { epoch: '', revision: 0 };

/** Without Redis there is one router: this process. */
export class OwnRouter implements RouterReports {
  readonly distribution = 'memory';
  readonly ownId: string;
  readonly #router: Pick<RouterState, 'snapshot' | 'onChanged'>;
  readonly #region: string | null;
  readonly #lease: RouterLease | undefined;
  readonly #startedAt = Date.now();

  constructor(
    router: Pick<RouterState, 'snapshot' | 'onChanged'>,
    ownId: string,
    region: string | null,
    lease?: RouterLease,
  ) {
    this.#lease = lease;
    this.#router = router;
    this.ownId = ownId;
    this.#region = region;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async list(): Promise<readonly RouterReport[]> {
    return [this.report()];
  }

  /** What this process would report now. */
  report(): RouterReport {
    const { snapshot } = this.#router;
    return {
      id: this.ownId,
      kind: 'api',
      host: hostname(),
      region: this.#region,
      startedAt: this.#startedAt,
      at: Date.now(),
      position: snapshot === undefined ? null : { ...snapshot.position },
      digest: snapshot?.digest ?? null,
      ...(this.#lease === undefined ? {} : { leaseMs: this.#lease.leaseMs, lostMs: this.#lease.lostMs }),
    };
  }

  async waitConverged(position: Position, timeoutMs: number): Promise<Convergence> {
    const startedAt = performance.now();
    const hasApplied = await this.#hasApplied(position, timeoutMs);
    return {
      total: 1,
      applied: hasApplied ? 1 : 0,
      elapsedMs: performance.now() - startedAt,
      missing: hasApplied ? [] : [this.ownId],
    };
  }

  #hasApplied(position: Position, timeoutMs: number): Promise<boolean> {
    const isThere = () => comparePositions(this.#router.snapshot?.position ?? NOWHERE, position) >= 0;
    if (isThere()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (hasApplied: boolean) => {
        unsubscribe();
        clearTimeout(timer);
        resolve(hasApplied);
      };
      const unsubscribe = this.#router.onChanged(() => {
        if (isThere()) end(true);
      });
      const timer = setTimeout(() => end(false), timeoutMs);
    });
  }
}
