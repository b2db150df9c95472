import type { SchemaLease } from '@grey/route-core';

export interface RouterLeaseOptions {
  /** How long a router may answer for marked schemas without having heard from where changes come from. Default 15 000 ms. */
  readonly leaseMs?: number;
  /** After this long even marks may be missing. Default 23 hours: an hour before those who vanished are no longer waited for. */
  readonly lostMs?: number;
  /** A clock that only moves forward, in milliseconds; the wall clock's leaps are of no account. */
  readonly now?: () => number;
}

/** How long a router is waited for after it vanished without goodbye, in milliseconds. */
export const REMEMBER_ROUTERS_MS = 24 * 3_600_000;
/** How long a router may answer for marked schemas without contact, in milliseconds. */
export const DEFAULT_LEASE_MS = 15_000;

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
  readonly #lostMs: number;
  readonly #now: () => number;
  #knownAt = NEVER;
  /** When it became known without a break until now. */
  #knownSince = Number.POSITIVE_INFINITY;
  #readAt = NEVER;
  #hasEnded = false;

  constructor(options: RouterLeaseOptions = {}) {
    this.leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.#lostMs = options.lostMs ?? REMEMBER_ROUTERS_MS - 3_600_000;
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
  }

  /** All there was has been applied. @param askedAt when reading began */
  caughtUp(askedAt: number): void {
    if (askedAt >= this.#knownSince) this.#readAt = Math.max(this.#readAt, askedAt);
  }

  /** It said goodbye: nobody waits for it any more, so that it is never held again. */
  end(): void {
    this.#hasEnded = true;
    this.#knownAt = NEVER;
    this.#knownSince = Number.POSITIVE_INFINITY;
    this.#readAt = NEVER;
  }

  isHeld(): boolean {
    const since = this.#now() - this.leaseMs;
    return this.#knownAt > since && this.#readAt > since && this.#readAt >= this.#knownSince;
  }

  get isLost(): boolean {
    return this.#readAt === NEVER || this.#now() - this.#readAt >= this.#lostMs;
  }

  /** How long ago the older of the two was, in milliseconds; Infinity before both. */
  get ageMs(): number {
    return this.#now() - Math.min(this.#knownAt, this.#readAt);
  }
}
