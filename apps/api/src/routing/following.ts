import type { Position } from '@grey/contracts';
import { ChangeFollower, type FollowState, type RedisLink, type RouterLease } from '@grey/propagation';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ChangesService } from '../changes/changes.service.ts';
import type { RouterState } from './router-state.ts';

const BLOCK_MS = 1_000;

/** `since` is in milliseconds since 1970. */
export interface FollowingStatus {
  readonly state: FollowState;
  readonly since: number;
  readonly error?: string | undefined;
}

/** Moves the router on by what all replicas publish in Redis. Without Redis it does nothing. */
export class Following implements OnApplicationShutdown {
  readonly #follower: ChangeFollower | undefined;
  readonly #changes: Pick<ChangesService, 'catchUp'>;
  readonly #logger = new Logger('routing');
  #status: FollowingStatus = { state: 'starting', since: Date.now() };
  #lagMs: number | undefined;

  constructor(
    link: RedisLink | undefined,
    router: Pick<RouterState, 'snapshot' | 'follow' | 'replace'>,
    changes: Pick<ChangesService, 'catchUp'>,
    lease?: RouterLease,
  ) {
    this.#changes = changes;
    if (link === undefined) return;
    this.#follower = new ChangeFollower({
      link,
      onState: (state, error) => this.#note(state, error),
      lease,
      ...(lease === undefined ? {} : { blockMs: Math.min(BLOCK_MS, lease.leaseMs / 4) }),
      target: {
        position: () => router.snapshot?.position,
        replace: (snapshot) => router.replace(snapshot),
        apply: (change) => {
          const application = router.follow(change.delta);
          if (application === 'applied') this.#lagMs = Date.now() - Date.parse(change.at);
          // The log has more to tell than the engine needs: who did it, and every item, for the streams to the console.
          if (application === 'applied' || application === 'known') this.#tellChanges(change.delta);
          return application;
        },
      },
    });
  }

  /** undefined without Redis. */
  get status(): FollowingStatus | undefined {
    return this.#follower === undefined ? undefined : this.#status;
  }

  /** From the commit of the last change that came through Redis until it was applied here, in milliseconds. */
  get lagMs(): number | undefined {
    return this.#lagMs;
  }

  start(): void {
    this.#follower?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#follower?.stop();
  }

  #tellChanges(position: Position): void {
    // A log that is away is asked again by the timer.
    this.#changes.catchUp(position).catch(() => undefined);
  }

  #note(state: FollowState, error: string | undefined): void {
    if (state === this.#status.state) return;
    this.#status = { state, since: Date.now(), error };
    if (state === 'format_unknown') this.#logger.error({ msg: 'Redis is written by a newer version', error });
    else if (state !== 'following') this.#logger.warn({ msg: `following Redis: ${state}`, error });
  }
}
