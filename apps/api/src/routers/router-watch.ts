import type { Position } from '@grey/contracts';

/** A router that counts before a contract. */
export interface WatchedRouter {
  readonly id: string;
  /** It said that it has applied the position that was asked for. */
  readonly hasApplied: boolean;
  /** It has been silent for so long that it refuses what is marked. */
  readonly isLapsed: boolean;
  /** It has been silent for so long that it takes marks for missing, and refuses whatever could be. */
  readonly isLost: boolean;
}

export interface RouterSight {
  readonly routers: readonly WatchedRouter[];
  /** Why there may be routers that cannot be seen now, such as `redis`; empty: these are all. */
  readonly unsure: readonly string[];
}

/** Knows which routers there are, and which were there. */
export interface RouterWatch {
  /** @throws ApiError DATABASE_UNAVAILABLE */
  look(position: Position): Promise<RouterSight>;
}
