import type { Health } from '@grey/contracts';
import type { PublicationStatus, RedisLink } from '@grey/propagation';
import { Gauge, Registry } from 'prom-client';
import type { Following, FollowingStatus } from '../routing/following.ts';
import type { Publishing } from './publishing.service.ts';

type Part = Health['parts'][string];

export interface DistributionParts {
  readonly link: Pick<RedisLink, 'status'> | undefined;
  readonly publishing: Pick<Publishing, 'status'>;
  readonly following: Pick<Following, 'status' | 'lagMs'>;
}

/** How changes get to and from Redis, for `/health` and `/metrics`. */
export class DistributionStatus {
  readonly #parts: DistributionParts;
  readonly #registry = new Registry();

  constructor(parts: DistributionParts) {
    this.#parts = parts;
    const { link, publishing, following } = parts;
    if (link === undefined) return;
    this.#gauge('grey_router_redis_up', '1 while Redis answers.', () => Number(link.status.isUp));
    this.#gauge('grey_router_redis_in_sync', '1 while Redis holds what the log holds.', () =>
      Number(publishing.status?.state === 'in_sync'),
    );
    this.#gauge('grey_router_redis_rebuilds', 'Times that this process rebuilt Redis.', () => {
      return publishing.status?.rebuildCount ?? 0;
    });
    this.#gauge(
      'grey_router_change_lag_seconds',
      'From the commit of the last change until it was applied here.',
      () => {
        return (following.lagMs ?? 0) / 1000;
      },
    );
  }

  /** `/health` is public: kinds of faults, no addresses. */
  readPart(): Part {
    const { link, publishing, following } = this.#parts;
    if (link === undefined) return { status: 'off', detail: 'one process, or replicas that poll PostgreSQL' };
    if (!link.status.isUp) return { status: 'down', since: new Date(link.status.since).toISOString() };
    const detail = describe(publishing.status, following.status);
    return { status: isAtRest(publishing.status, following.status) ? 'up' : 'down', detail };
  }

  print(): Promise<string> {
    return this.#registry.metrics();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => made.set(read()) });
  }
}

function describe(publication: PublicationStatus | undefined, following: FollowingStatus | undefined): string {
  return `publishing: ${publication?.state ?? 'off'}, following: ${following?.state ?? 'off'}`;
}

/** What mends itself within moments is no fault; what somebody has to look at is. */
function isAtRest(publication: PublicationStatus | undefined, following: FollowingStatus | undefined): boolean {
  return publication?.state !== 'leave' && publication?.state !== 'down' && following?.state !== 'format_unknown';
}
