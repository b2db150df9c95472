import type { Position } from '@grey/contracts';
import type { RouterWatch, WatchedRouter } from '../routers/router-watch.ts';

export interface FenceOptions {
  /**
   * Whether a router counts as passed once its lease must have run out. Otherwise only once it must take marks for missing,
   * which by default is after 23 hours.
   */
  readonly isLeaseEnough: boolean;
  /** Ids of routers that an operator vouches for: they are dead. */
  readonly forgotten: readonly string[];
}

export interface FenceLook {
  readonly isPassed: boolean;
  /** Routers that count, those forgotten left out. */
  readonly total: number;
  /** Of them, those that have applied the position. */
  readonly applied: number;
  /** Ids of routers that have not, but refuse by themselves by now, as they were silent for so long. */
  readonly lapsed: readonly string[];
  /** Ids of routers that have to be waited for, and whatever keeps this process from seeing all there are, such as `redis`. */
  readonly missing: readonly string[];
}

/**
 * Whether all routers know of a change, so that what contradicts the state before it may begin. Look again until it is
 * passed; it never waits itself.
 */
export class Fence {
  readonly #watch: RouterWatch;

  constructor(watch: RouterWatch) {
    this.#watch = watch;
  }

  /** @throws ApiError DATABASE_UNAVAILABLE */
  async look(position: Position, { isLeaseEnough, forgotten }: FenceOptions): Promise<FenceLook> {
    const { routers, unsure } = await this.#watch.look(position);
    const counted = routers.filter(({ id }) => !forgotten.includes(id));
    const behind = counted.filter(({ hasApplied }) => !hasApplied);
    const refuses = ({ isLapsed, isLost }: WatchedRouter) => isLost || (isLeaseEnough && isLapsed);
    const lapsed = behind.filter(refuses).map(({ id }) => id);
    const missing = behind.filter((one) => !refuses(one)).map(({ id }) => id);
    // What keeps this process from seeing all there are is waited for like a router, and cannot be forgotten.
    missing.push(...unsure);
    return {
      isPassed: missing.length === 0,
      total: counted.length,
      applied: counted.length - behind.length,
      lapsed,
      missing,
    };
  }
}
