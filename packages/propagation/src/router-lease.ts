import type { SchemaLease } from '@grey/route-core';

export interface RouterLeaseOptions {
  /** How long a router may answer for marked schemas without having heard from where changes come from. Default 15 000 ms. */
  readonly leaseMs?: number;
  /** After this long without contact even marks may be missing. Default {@link DEFAULT_LOST_MS}. */
  readonly lostMs?: number;
  /** A clock that only moves forward, in milliseconds; the wall clock's leaps are of no account. */
  readonly now?: () => number;
}

/** How long a router is waited for after it vanished without goodbye, in milliseconds. */
export const REMEMBER_ROUTERS_MS = 24 * 3_600_000;
/** How long a router may answer for marked schemas without contact, in milliseconds. */
export const DEFAULT_LEASE_MS = 15_000;
/** After how long without contact a router takes marks for missing, in milliseconds: an hour before nobody waits for it. */
export const DEFAULT_LOST_MS = REMEMBER_ROUTERS_MS - 3_600_000;

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * When a router last heard from where changes come from. Two things count, and both must be fresh: that it is known (its
 * report was taken), so that others wait for it; and that it had then read all there was. Each counts from when it was
 * asked for, not from when the answer came: nothing is known of the time between.
 *
 * Who was not known for a while has to read on after it is known again. What it read before may be from before a change for
 * which nobody waited for it.
 */
export class RouterLease implements SchemaLease {
  readonly leaseMs: number;
  readonly lostMs: number;
  readonly #now: () => number;
  #knownAt = NEVER;
  /** When it became known without a break until now. */
  #knownSince = Number.POSITIVE_INFINITY;
  #readAt = NEVER;
  /** When it last was known and had read on since. */
  #contactAt = NEVER;
  #hasEnded = false;

  constructor(options: RouterLeaseOptions = {}) {
    this.leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.lostMs = options.lostMs ?? DEFAULT_LOST_MS;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What `reported` and `caughtUp` want to know of the moment before they ask. */
  now(): number {
    return this.#now();
  }

  /** Others know of this router. @param askedAt when the report was sent */
  reported(askedAt: number): void {
    if (this.#hasEnded) return;
    const now = this.#now();
    if (now - this.#knownAt >= this.leaseMs) this.#knownSince = now;
    this.#knownAt = Math.max(this.#knownAt, askedAt);
    this.#noteContact();
  }

  /** All there was has been applied. @param askedAt when reading began */
  caughtUp(askedAt: number): void {
    if (askedAt >= this.#knownSince) this.#readAt = Math.max(this.#readAt, askedAt);
    this.#noteContact();
  }

  /** It said goodbye: nobody waits for it any more, so that it is never held again. */
  end(): void {
    this.#hasEnded = true;
    this.#knownAt = NEVER;
    this.#knownSince = Number.POSITIVE_INFINITY;
    this.#readAt = NEVER;
    this.#contactAt = NEVER;
  }

  isHeld(): boolean {
    const since = this.#now() - this.leaseMs;
    return this.#knownAt > since && this.#readAt > since && this.#readAt >= this.#knownSince;
  }

  /**
   * Marks may be missing: nobody waits any more for who was silent for so long. Reading alone does not help, as nobody waits
   * for who reads but cannot report.
   */
  get isLost(): boolean {
    return this.#now() - this.#contactAt >= this.lostMs;
  }

  /** How long ago the older of the two was, in milliseconds; Infinity before both. */
  get ageMs(): number {
    return this.#now() - Math.min(this.#knownAt, this.#readAt);
  }

  #noteContact(): void {
    if (this.#readAt >= this.#knownSince)
      this.#contactAt = Math.max(this.#contactAt, Math.min(this.#knownAt, this.#readAt));
  }
}
