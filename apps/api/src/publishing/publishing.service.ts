import { PublicationService, type PublicationStatus, type RedisLink } from '@grey/propagation';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { SnapshotsService } from '../changes/snapshots.service.ts';
import { publicationSourceOf, publishedChangeOf } from './publication-source.ts';

/** Carries the log into Redis. Without Redis it does nothing. */
export class Publishing implements OnApplicationShutdown {
  readonly #feed: Pick<ChangeFeed, 'subscribe'>;
  readonly #publication: PublicationService | undefined;
  #unsubscribe = () => {};

  constructor(
    link: RedisLink | undefined,
    snapshots: Pick<SnapshotsService, 'loadAll' | 'loadDeltas' | 'loadPosition'>,
    feed: Pick<ChangeFeed, 'subscribe'>,
  ) {
    this.#feed = feed;
    if (link === undefined) return;
    const logger = new Logger('publishing');
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
  }

  async onApplicationShutdown(): Promise<void> {
    this.#unsubscribe();
    await this.#publication?.stop();
  }
}
