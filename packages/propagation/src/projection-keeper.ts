import { randomUUID } from 'node:crypto';
import { redisKeys } from '@grey/contracts';
import type { Position, Snapshot } from '@grey/route-core';
import { HoldsAudit } from './holds-audit.ts';
import { ProjectionAudit } from './projection-audit.ts';
import { ProjectionModel } from './projection-model.ts';
import type { ProjectionWriter } from './projection-writer.ts';
import { formatPosition, type PropagationLogger, type PublicationSource } from './publication.ts';
import { releaseLockScript, renewLockScript } from './rebuild-scripts.ts';
import { RedisError } from './redis-error.ts';
import type { RedisLink } from './redis-link.ts';
import { type RedisPosition, readPosition } from './redis-position.ts';
import { readImage, readImagePosition, writeImage } from './snapshot-image.ts';

export interface KeeperOptions {
  readonly link: Pick<RedisLink, 'run' | 'runOnce'>;
  readonly source: PublicationSource;
  readonly writer: ProjectionWriter;
  readonly logger: PropagationLogger;
  readonly now?: () => number;
  /** How long nobody else takes over from a keeper that went silent. Default 10 000 ms. */
  readonly leaseMs?: number;
  /** How often holds that did not change are looked at. Default 10 000 ms. */
  readonly holdsEveryMs?: number;
}

/** An image this many revisions behind is written anew … */
const IMAGE_LAG = 500;
/** … and one this old, if there were changes since. */
const IMAGE_AGE_MS = 30_000;
const IMAGE_CHECK_MS = 60_000;

/**
 * One replica's standing duty while it holds the lease: the image near the end of the stream, the projection audited. The
 * lease only spares work; what is written checks for itself that it is not stale.
 */
export class ProjectionKeeper {
  readonly #options: KeeperOptions;
  readonly #audit: ProjectionAudit;
  readonly #holds: HoldsAudit;
  readonly #token = randomUUID();
  #model: ProjectionModel | undefined;
  #imageAt = 0;
  #readable = { name: '', at: 0 };

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { link, writer, now = Date.now } = options;
    this.#audit = new ProjectionAudit(link, writer);
    this.#holds = new HoldsAudit({
      link,
      writer,
      now,
      ...(options.holdsEveryMs === undefined ? {} : { everyMs: options.holdsEveryMs }),
    });
  }

  /** Does what is due. @throws RedisError, and what the source throws */
  async tick(): Promise<void> {
    if (!(await this.#holdLease())) {
      this.#model = undefined;
      return;
    }
    const at = await this.#options.link.run(readPosition);
    // Nothing to keep before the rebuild is through.
    if (at?.projected === undefined) return;
    const model = await this.#modelAt({ ...at, projected: at.projected });
    if (model === undefined) return;
    await this.#refreshImage(at, model.snapshot);
    await this.#holds.step(model);
    const { repaired } = await this.#audit.step(model);
    if (repaired.length > 0) {
      this.#options.logger.warn(`the projection of ${repaired.length} tenants was wrong and has been corrected`);
    }
  }

  async release(): Promise<void> {
    this.#model = undefined;
    const { link } = this.#options;
    await link.run((client) => client.eval(releaseLockScript, 1, redisKeys.keeperLock, this.#token));
  }

  async #holdLease(): Promise<boolean> {
    const { link, leaseMs = 10_000 } = this.#options;
    const { keeperLock } = redisKeys;
    const renewed = await link.run((client) => client.eval(renewLockScript, 1, keeperLock, this.#token, leaseMs));
    if (renewed === 1) return true;
    return (await link.run((client) => client.set(keeperLock, this.#token, 'PX', leaseMs, 'NX'))) === 'OK';
  }

  /** The model where the projection stands; undefined when the log is not there yet. */
  async #modelAt({ epoch, projected }: RedisPosition & { projected: number }): Promise<ProjectionModel | undefined> {
    const target = { epoch, revision: projected };
    if (this.#model !== undefined && (await this.#model.advanceTo(target))) return this.#model;
    this.#model = await ProjectionModel.load(this.#options.source);
    return (await this.#model.advanceTo(target)) ? this.#model : undefined;
  }

  async #refreshImage(at: RedisPosition, snapshot: Snapshot): Promise<void> {
    const { link, now = Date.now } = this.#options;
    const image = await link.run(readImagePosition);
    const isDue =
      image === undefined ||
      image.epoch !== at.epoch ||
      at.revision - image.revision >= IMAGE_LAG ||
      (at.revision > image.revision && now() - this.#imageAt >= IMAGE_AGE_MS) ||
      !(await this.#isStreamWhole(image.revision, at.revision)) ||
      !(await this.#isReadable(image, now()));
    if (!isDue) return;
    await link.run((client) => writeImage(client, snapshot));
    this.#imageAt = now();
  }

  /**
   * Whether the image can be read, looked at when it is another's, and now and then. One that a newer program left behind
   * or that is damaged is taken away, as it would be in the way of one of the same revision.
   */
  async #isReadable(image: Position, now: number): Promise<boolean> {
    const name = formatPosition(image);
    if (this.#readable.name === name && now - this.#readable.at < IMAGE_CHECK_MS) return true;
    const { link, logger } = this.#options;
    try {
      await readImage(link);
      this.#readable = { name, at: now };
      return true;
    } catch (error) {
      if (error instanceof RedisError) throw error;
      logger.warn(`the image at ${name} cannot be read and is written anew`, error);
      await link.run((client) => client.del(redisKeys.image));
      return false;
    }
  }

  /** Whether the stream goes from right behind the image to the position: it may have been trimmed or deleted by hand. */
  async #isStreamWhole(image: number, position: number): Promise<boolean> {
    if (image >= position) return true;
    const { changes } = redisKeys;
    const revisionOf = (entries: [string, string[]][]) => Number(entries[0]?.[0].split('-')[0] ?? -1);
    const [first, last] = await this.#options.link.run((client) =>
      Promise.all([
        client.xrange(changes, `${image + 1}-0`, '+', 'COUNT', 1),
        client.xrevrange(changes, '+', '-', 'COUNT', 1),
      ]),
    );
    return revisionOf(first) === image + 1 && revisionOf(last) >= position;
  }
}
