import type { Position } from '@grey/contracts';
import type { RouterWatch } from '../routers/router-watch.ts';

export interface FenceOptions {
  /** Whether a router counts as passed once its lease must have run out. */
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
  /** Ids of routers that have not, but whose lease has run out, by when they were last heard of. */
  readonly lapsed: readonly string[];
  /** Ids of routers that have to be waited for. */
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
    const lapsed = behind.filter(({ isLapsed }) => isLeaseEnough && isLapsed).map(({ id }) => id);
    const missing = behind.filter(({ isLapsed }) => !isLeaseEnough || !isLapsed).map(({ id }) => id);
    // What keeps this process from seeing all there are is waited for like a router, and cannot be forgotten.
    missing.push(...unsure);
    return {
      isPassed: missing.length === 0,
      total: counted.length + unsure.length,
      applied: counted.length - behind.length,
      lapsed,
      missing,
    };
  }
}
