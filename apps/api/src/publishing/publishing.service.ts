import { PublicationService, type PublicationStatus, type RedisLink } from '@grey/propagation';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { ChangesService } from '../changes/changes.service.ts';
import type { SnapshotsService } from '../changes/snapshots.service.ts';
import { publicationSourceOf, publishedChangeOf } from './publication-source.ts';

const LOOK_MS = 2_000;

/** Carries the log into Redis. Without Redis it does nothing. */
export class Publishing implements OnApplicationShutdown {
  readonly #feed: Pick<ChangeFeed, 'subscribe'>;
  readonly #changes: Pick<ChangesService, 'noticeLater'>;
  readonly #publication: PublicationService | undefined;
  readonly #logger = new Logger('publishing');
  #unsubscribe = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(
    link: RedisLink | undefined,
    snapshots: Pick<SnapshotsService, 'loadAll' | 'loadDeltas' | 'loadPosition'>,
    feed: Pick<ChangeFeed, 'subscribe'>,
    changes: Pick<ChangesService, 'noticeLater'>,
  ) {
    this.#feed = feed;
    this.#changes = changes;
    if (link === undefined) return;
    const logger = this.#logger;
    this.#publication = new PublicationService({
      link,
      source: publicationSourceOf(snapshots),
      logger: {
        info: (message) => logger.log(message),
        warn: (message, error) => logger.warn({ err: error, msg: message }),
        error: (message, error) => logger.error({ err: error, msg: message }),
      },
    });
  }

  /** How Redis stands to the log; undefined without Redis. */
  get status(): PublicationStatus | undefined {
    return this.#publication?.status;
  }

  start(): void {
    const publication = this.#publication;
    if (publication === undefined) return;
    this.#unsubscribe = this.#feed.subscribe((change) => publication.announce(publishedChangeOf(change)));
    publication.start();
    this.#timer = setInterval(() => void this.#lookForRestore(publication.status), LOOK_MS).unref();
  }

  /** Redis knows revisions of this epoch that the log has not: the log was restored, and nobody else may know. */
  async #lookForRestore({ state, redis, log }: PublicationStatus): Promise<void> {
    if (state !== 'leave' || redis === undefined || log === undefined) return;
    if (redis.epoch !== log.epoch || redis.revision <= log.revision) return;
    // A database that is away is asked again.
    await this.#changes.noticeLater(redis).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#unsubscribe();
    await this.#publication?.stop();
  }
}
