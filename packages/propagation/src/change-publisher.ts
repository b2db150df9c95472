import { changesChannel, redisKeys } from '@grey/contracts';
import type { PublishedChange } from './publication.ts';
import { publishScript } from './publish-script.ts';
import type { RedisLink } from './redis-link.ts';
import { packChange } from './stream-codec.ts';

/**
 * What became of a change. `published`: it is in the stream. `already`: somebody else's copy is. `gap`: Redis lacks the
 * ones before. `stale_epoch`: Redis is of a later epoch. `new_epoch`: Redis is of an earlier one. `empty`: Redis has no position.
 */
export type PublishOutcome = 'published' | 'already' | 'gap' | 'stale_epoch' | 'new_epoch' | 'empty';

/** Changes kept in the stream for routers that fall behind, if the image reaches that far. */
const KEEP_REVISIONS = 2_000;

/** Appends changes to the stream. Whoever calls it with what, the stream stays gapless and in the order of the log. */
export class ChangePublisher {
  readonly #link: Pick<RedisLink, 'run'>;
  readonly #keepRevisions: number;
  readonly #partBytes: number | undefined;

  constructor(link: Pick<RedisLink, 'run'>, options: { keepRevisions?: number; partBytes?: number } = {}) {
    this.#link = link;
    this.#keepRevisions = options.keepRevisions ?? KEEP_REVISIONS;
    this.#partBytes = options.partBytes;
  }

  /**
   * Publishes changes in the order given and stops at the first that Redis does not take.
   * @param onPublished called with each that was not there yet
   * @returns the outcome of the last one tried; `already` for none
   * @throws RedisError
   */
  async publish(
    changes: readonly PublishedChange[],
    onPublished: (change: PublishedChange) => void = () => {},
  ): Promise<PublishOutcome> {
    let outcome: PublishOutcome = 'already';
    for (const change of changes) {
      outcome = await this.#publishOne(change);
      if (outcome === 'published') onPublished(change);
      else if (outcome !== 'already') return outcome;
    }
    return outcome;
  }

  #publishOne(change: PublishedChange): Promise<PublishOutcome> {
    const { format, epoch, revision, changeId, at, encoding, parts } = packChange(change, this.#partBytes);
    const { position, changes, image } = redisKeys;
    const head = [epoch, String(revision), format, changeId, at, encoding, this.#keepRevisions, changesChannel];
    return this.#link.run(
      async (client) =>
        (await client.eval(publishScript, 3, position, changes, image, ...head, ...parts)) as PublishOutcome,
    );
  }
}
