import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type ClaimLimits, type ClaimsStore, LEASE_MS } from './claims.store.ts';
import { type DriveParts, UpgradeDrive } from './upgrade-drive.ts';
import type { UpgradeRow } from './upgrade-row.ts';

/** How often a worker renews its claims, hears of aborts and looks for work, in milliseconds. */
const LOOK_MS = 1_000;
/** Without a word from the database for this long a worker must take its claims for lost, in milliseconds. */
const SURE_MS = LEASE_MS - 2_500;
const WATCH_MS = 250;
/** How long upgrades under way may take to let go when the process ends. */
const LET_GO_MS = 4_000;

/** Works on upgrades, beside the workers of other replicas. */
export class UpgradeWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #claims: ClaimsStore;
  readonly #driveParts: DriveParts;
  readonly #limits: ClaimLimits;
  readonly #logger = new Logger('upgrades');
  /** Of this process, this time. */
  readonly #owner = randomUUID();
  readonly #drives = new Map<string, { readonly drive: UpgradeDrive; readonly ended: Promise<void> }>();
  #timer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = true;
  #isAway = false;
  /** By `performance.now()`, when the last renewal that went well was sent. */
  #sureSince = 0;

  constructor(claims: ClaimsStore, driveParts: DriveParts, limits: ClaimLimits) {
    this.#claims = claims;
    this.#driveParts = driveParts;
    this.#limits = limits;
  }

  onApplicationBootstrap(): void {
    if (this.#limits.overall === 0) return;
    this.#isStopped = false;
    // Also while a query hangs: the lease runs out all the same.
    this.#watchdog = setInterval(() => this.#loseWhenUnsure(), WATCH_MS).unref();
    this.nudge();
  }

  /** What runs is cut off as if the process had been killed, and its claims are free for others. */
  async onApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#watchdog);
    for (const { drive } of this.#drives.values()) drive.lose();
    const ended = Promise.all([this.#looking, ...[...this.#drives.values()].map((one) => one.ended)]);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LET_GO_MS).unref())]);
    await this.#claims.release(this.#owner).catch(() => undefined);
  }

  /** Upgrades that this process works on now. */
  get runningCount(): number {
    return this.#drives.size;
  }

  /** Looks now; returns at once. */
  nudge(): void {
    if (this.#isStopped) return;
    if (this.#looking !== undefined) {
      this.#isWanted = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      const waitMs = this.#isWanted ? 0 : LOOK_MS;
      this.#isWanted = false;
      if (!this.#isStopped) this.#timer = setTimeout(() => this.nudge(), waitMs).unref();
    });
  }

  async #look(): Promise<void> {
    try {
      await this.#renew();
      while (!this.#isStopped && this.#drives.size < this.#limits.overall) {
        const row = await this.#claims.claimNext(this.#owner, this.#limits);
        if (row === undefined) break;
        this.#begin(row);
      }
      this.#isAway = false;
    } catch (error) {
      // Once, not every second while the database is away.
      if (!this.#isAway) this.#logger.warn({ err: error, msg: 'upgrades wait until the database can be reached' });
      this.#isAway = true;
    }
  }

  async #renew(): Promise<void> {
    const sentAt = performance.now();
    const drives = [...this.#drives.values()].map(({ drive }) => drive);
    const states =
      drives.length === 0
        ? new Map()
        : await this.#claims.renew(
            this.#owner,
            drives.map((drive) => drive.claim),
          );
    this.#sureSince = sentAt;
    for (const drive of drives) {
      const state = states.get(drive.claim.id);
      // One that has ended while the renewal was under way has nothing left to lose.
      if (state === undefined) drive.lose();
      else if (state === 'aborting') drive.abort();
    }
  }

  /** Another worker may take them from now on. */
  #loseWhenUnsure(): void {
    if (performance.now() - this.#sureSince < SURE_MS) return;
    for (const { drive } of this.#drives.values()) drive.lose();
  }

  #begin(row: UpgradeRow): void {
    const drive = new UpgradeDrive(this.#driveParts, row);
    const key = `${row.id} ${row.claimNumber}`;
    const ended = drive
      .run()
      .catch(() => undefined)
      .finally(() => {
        this.#drives.delete(key);
        this.nudge();
      });
    this.#drives.set(key, { drive, ended });
  }
}
