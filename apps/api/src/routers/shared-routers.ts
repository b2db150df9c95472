import { hostname } from 'node:os';
import type { Convergence, Position, RouterList } from '@grey/contracts';
import {
  ownerOf,
  type RedisLink,
  type RouterLease,
  RouterPresence,
  type RouterReport,
  readPosition,
} from '@grey/propagation';
import { Logger } from '@nestjs/common';
import { LiveReplicas } from '../registry/live-replicas.ts';
import type { Following } from '../routing/following.ts';
import type { RouterState } from '../routing/router-state.ts';
import type { SharedSight } from './router-memory.ts';
import type { RouterReports } from './routers.service.ts';

/** A silent replica's work is taken over after this long, and the next look at who there is, in milliseconds. */
const EXPIRE_MS = 6_000;
const LOOK_MS = 1_000;
const REPORT_MS = 2_000;

/** All routers, as they report themselves in Redis. */
export class SharedRouters extends LiveReplicas implements RouterReports {
  override readonly ownId: string;
  readonly #link: RedisLink;
  readonly #router: Pick<RouterState, 'snapshot' | 'onChanged'>;
  readonly #presence: RouterPresence;
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe = () => {};

  constructor(
    link: RedisLink,
    router: Pick<RouterState, 'snapshot' | 'onChanged'>,
    following: Pick<Following, 'lagMs'>,
    self: { readonly id: string; readonly region: string | null },
    lease?: RouterLease,
  ) {
    super();
    this.ownId = self.id;
    this.#link = link;
    this.#router = router;
    const logger = new Logger('routers');
    this.#presence = new RouterPresence({
      link,
      logger: {
        info: (message) => logger.log(message),
        warn: (message, error) => logger.warn({ err: error, msg: message }),
        error: (message, error) => logger.error({ err: error, msg: message }),
      },
      self: { ...self, kind: 'api', host: hostname(), startedAt: this.#startedAt },
      current: () => {
        const { snapshot } = this.#router;
        if (snapshot === undefined) return undefined;
        return { position: snapshot.position, digest: snapshot.digest, lagMs: following.lagMs };
      },
      expireMs: EXPIRE_MS,
      ...(lease === undefined ? {} : { lease, reportMs: Math.min(REPORT_MS, lease.leaseMs / 4) }),
    });
  }

  get distribution(): RouterList['distribution'] {
    return this.#link.status.isUp ? 'redis' : 'redis_down';
  }

  async start(): Promise<void> {
    let position = this.#router.snapshot?.position;
    this.#unsubscribe = this.#router.onChanged((snapshot) => {
      // Instances change the snapshot too, and are nobody else's business.
      if (snapshot.position.revision === position?.revision && snapshot.position.epoch === position.epoch) return;
      position = snapshot.position;
      this.#presence.applied();
    });
    this.#timer = setInterval(() => void this.#presence.list().catch(() => undefined), LOOK_MS).unref();
    await this.#presence.start();
    await this.#presence.list().catch(() => undefined);
  }

  /** Says goodbye while Redis is still connected. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#unsubscribe();
    await this.#presence.stop();
  }

  /** As last known while Redis is away, with this one as it is now. */
  async list(): Promise<readonly RouterReport[]> {
    const known = await this.#presence.list().catch(() => this.#presence.known);
    return [this.#presence.report(), ...known.filter(({ id }) => id !== this.ownId)];
  }

  /** This router as it would report itself now. */
  report(): RouterReport {
    return this.#presence.report();
  }

  /** Everyone that reported within a day, and how far Redis has come; in this order, so that who begins later has that. @throws RedisError */
  async lookAround(): Promise<SharedSight> {
    const position = await this.#link.runOnce(readPosition);
    return { position, ...(await this.#presence.listKnown()) };
  }

  waitConverged(position: Position, timeoutMs: number): Promise<Convergence> {
    return this.#presence.waitConverged(position, timeoutMs);
  }

  override ids(): readonly string[] {
    const others = this.#presence.known.filter(({ id, kind }) => kind === 'api' && id !== this.ownId);
    return [this.ownId, ...others.map(({ id }) => id)];
  }

  override ownerOf(key: string): string {
    return ownerOf(key, this.ids()) ?? this.ownId;
  }

  override isOwner(key: string): boolean {
    return this.ownerOf(key) === this.ownId;
  }
}
