import { makeSnapshotSource } from '@grey/testkit';
import { Cluster } from 'ioredis';
import { expect, vi } from 'vitest';
import { FollowedSnapshot, type FollowedSnapshotOptions } from '../followed-snapshot.ts';
import type { PropagationLogger } from '../publication.ts';
import { PublicationService, type PublicationServiceOptions } from '../publication-service.ts';
import { RedisLink } from '../redis-link.ts';
import { readPosition } from '../redis-position.ts';
import { parseRedisUrl } from '../redis-settings.ts';
import { MemoryLog } from './memory-log.ts';
import { expectedProjection, readProjection } from './read-projection.ts';

export const quiet: PropagationLogger = { info: () => {}, warn: () => {}, error: () => {} };
export const smallSource = makeSnapshotSource({ tenantCount: 30, serviceCount: 4 });

/** A log, a Redis, and whoever publishes and follows between them; `end` stops them all. */
export class PropagationWorld {
  readonly link: RedisLink;
  log = new MemoryLog(smallSource);
  readonly #running: { stop(): Promise<void> }[] = [];

  constructor(url: string) {
    this.link = new RedisLink(parseRedisUrl(url), { retryDelayMs: 20 });
  }

  /** Begins afresh: an empty Redis and a new log. */
  async begin(): Promise<void> {
    await this.link.open();
    await this.waitFor(() => this.flush());
    this.log = new MemoryLog(smallSource);
  }

  /** Empties Redis, every node of it. */
  async flush(): Promise<void> {
    await this.link.runOnce(async (client) => {
      for (const node of client instanceof Cluster ? client.nodes('master') : [client]) await node.flushall();
    });
  }

  async end(): Promise<void> {
    for (const one of this.#running.splice(0)) await one.stop();
  }

  /** One replica's publisher, not started. */
  publisher(options: Partial<PublicationServiceOptions> = {}): PublicationService {
    const { link, log } = this;
    const service = new PublicationService({
      link,
      source: log,
      logger: quiet,
      tickMs: 50,
      takeOverMs: 100,
      holdsEveryMs: 100,
      ...options,
    });
    this.#running.push(service);
    return service;
  }

  startPublisher(options: Partial<PublicationServiceOptions> = {}): PublicationService {
    const service = this.publisher(options);
    service.start();
    return service;
  }

  /** A router that follows. */
  async router(options: Partial<FollowedSnapshotOptions> = {}): Promise<FollowedSnapshot> {
    const router = new FollowedSnapshot({ link: this.link, logger: quiet, blockMs: 100, ...options });
    this.#running.push(router);
    await router.start();
    return router;
  }

  waitFor<T>(check: () => Promise<T> | T): Promise<T> {
    return vi.waitFor(check, { timeout: 60_000, interval: 20 });
  }

  /** Until the router holds what the log holds. */
  agrees(router: FollowedSnapshot): Promise<void> {
    return this.waitFor(() => {
      expect(router.snapshot?.position).toEqual(this.log.position);
      expect(router.snapshot?.digest).toBe(this.log.snapshot.digest);
    });
  }

  /** Until the projection holds what the log holds, every key of it. */
  isProjected(): Promise<void> {
    return this.waitFor(async () => {
      const at = await this.link.runOnce(readPosition);
      expect(at).toMatchObject({ ...this.log.position, projected: this.log.position.revision });
      const whole = await this.link.runOnce((client) => readProjection(client));
      expect(whole).toEqual(expectedProjection(this.log.snapshot, this.log.profiles.values()));
    });
  }
}
