import type { ProjectionWriter } from './projection-writer.ts';
import type { PublicationSource, PublishedChange } from './publication.ts';
import type { RedisLink } from './redis-link.ts';
import { readPosition } from './redis-position.ts';

/** `done`: the projection is at the end of the stream. `waiting`: another replica's change is next. `reset`: rebuild. */
export type ProjectionOutcome = 'done' | 'waiting' | 'reset';

const MOST_KEPT = 2_000;

/**
 * Brings the projection to the end of the stream. Each replica writes the changes it committed; what another one leaves
 * undone for a while is read from the log and written here.
 */
export class ChangeProjector {
  readonly #link: Pick<RedisLink, 'run'>;
  readonly #writer: ProjectionWriter;
  readonly #source: Pick<PublicationSource, 'loadChanges'>;
  readonly #takeOverMs: number;
  readonly #now: () => number;
  readonly #kept = new Map<number, PublishedChange>();
  #waitingFor = { epoch: '', revision: -1, since: 0 };

  constructor(options: {
    link: Pick<RedisLink, 'run'>;
    writer: ProjectionWriter;
    source: Pick<PublicationSource, 'loadChanges'>;
    /** How long another replica's change may stay unwritten. */
    takeOverMs: number;
    now: () => number;
  }) {
    this.#link = options.link;
    this.#writer = options.writer;
    this.#source = options.source;
    this.#takeOverMs = options.takeOverMs;
    this.#now = options.now;
  }

  /** Whether changes wait for their turn. */
  get isHolding(): boolean {
    return this.#kept.size > 0;
  }

  /** Remembers a change that this replica put into the stream, to write it when its turn comes. */
  keep(change: PublishedChange): void {
    this.#kept.set(change.delta.revision, change);
    if (this.#kept.size <= MOST_KEPT) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  /** @throws RedisError, and what the source throws */
  async project(): Promise<ProjectionOutcome> {
    for (;;) {
      const at = await this.#link.run(readPosition);
      if (at?.projected === undefined || at.projected >= at.revision) {
        if (at?.projected !== undefined) this.#kept.clear();
        return 'done';
      }
      const next = this.#kept.get(at.projected + 1);
      if (next !== undefined && next.delta.epoch === at.epoch) {
        if (await this.#writer.writeChange(next)) this.#kept.delete(next.delta.revision);
        continue;
      }
      if (!this.#isOverdue(at.epoch, at.projected + 1)) return 'waiting';
      const missing = await this.#source.loadChanges({ epoch: at.epoch, revision: at.projected });
      if (missing === 'reset') return 'reset';
      for (const change of missing) if (change.delta.revision <= at.revision) this.keep(change);
      if (!this.#kept.has(at.projected + 1)) return 'waiting';
    }
  }

  #isOverdue(epoch: string, revision: number): boolean {
    const before = this.#waitingFor;
    if (before.epoch !== epoch || before.revision !== revision) {
      this.#waitingFor = { epoch, revision, since: this.#now() };
      return this.#takeOverMs <= 0;
    }
    return this.#now() - before.since >= this.#takeOverMs;
  }
}
