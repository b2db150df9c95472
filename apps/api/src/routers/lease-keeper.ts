import type { Position } from '@grey/contracts';
import { comparePositions, type RouterLease, type RouterReport } from '@grey/propagation';
import type { Snapshot } from '@grey/route-core';
import { Logger } from '@nestjs/common';

/** What the keeper needs of the rest. */
export interface LeaseKeeperParts {
  readonly lease: RouterLease;
  readonly store: { report(report: RouterReport): Promise<Position>; sayGoodbye(id: string): Promise<void> };
  readonly router: {
    readonly snapshot: Snapshot | undefined;
    onChanged(listener: (snapshot: Snapshot) => void): () => void;
  };
  readonly catchUp: (known: Position) => Promise<void>;
  readonly report: () => RouterReport;
  /** Others hear of this router through the database alone, so that it tells of every change. */
  readonly isAlone: boolean;
}

const LONGEST_MS = 4_000;
/** Changes in a burst are told of once. */
const SOON_MS = 50;

/**
 * Keeps the lease by the log itself: writes this router's report next to it and reads its end in one statement. With Redis
 * this is the second way; without, or while that is away, the only one.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #logger = new Logger('routers');
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #unsubscribe = () => {};
  #round: Promise<void> | undefined;
  #isAway = false;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { lease, router, isAlone } = this.#parts;
    this.#timer = setInterval(() => void this.#look(), Math.min(LONGEST_MS, lease.leaseMs / 4)).unref();
    let seen = router.snapshot?.position;
    if (isAlone)
      this.#unsubscribe = router.onChanged(({ position }) => {
        if (seen !== undefined && comparePositions(position, seen) === 0) return;
        seen = position;
        this.#soon ??= setTimeout(() => {
          this.#soon = undefined;
          void this.#look();
        }, SOON_MS).unref();
      });
    await this.#look();
    // Only what is read after one is known counts.
    if (!lease.isHeld()) await this.#look();
  }

  /** @returns whether the goodbye is on record */
  async stop(): Promise<boolean> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#unsubscribe();
    await this.#round;
    const hasSaidGoodbye = await this.#parts.store.sayGoodbye(this.#parts.report().id).then(
      () => true,
      () => false,
    );
    this.#parts.lease.end();
    return hasSaidGoodbye;
  }

  #look(): Promise<void> {
    this.#round ??= this.#lookOnce()
      .then(
        () => this.#note(undefined),
        (error) => this.#note(error),
      )
      .finally(() => {
        this.#round = undefined;
      });
    return this.#round;
  }

  async #lookOnce(): Promise<void> {
    const { lease, store, router, catchUp, report } = this.#parts;
    const askedAt = lease.now();
    const end = await store.report(report());
    lease.reported(askedAt);
    if (!isThere(router.snapshot, end)) await catchUp(end);
    if (isThere(router.snapshot, end)) lease.caughtUp(askedAt);
  }

  #note(error: unknown): void {
    const isAway = error !== undefined;
    if (isAway && !this.#isAway) this.#logger.warn({ err: error, msg: 'the database does not hear of this router' });
    this.#isAway = isAway;
  }
}

function isThere(snapshot: Snapshot | undefined, end: Position): boolean {
  return snapshot !== undefined && comparePositions(snapshot.position, end) >= 0;
}
