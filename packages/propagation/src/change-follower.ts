import { setTimeout } from 'node:timers/promises';
import { redisKeys } from '@grey/contracts';
import type { Position, Snapshot } from '@grey/route-core';
import { loadWhole } from './load-whole.ts';
import { comparePositions } from './publication.ts';
import type { RedisLink } from './redis-link.ts';
import { readPosition } from './redis-position.ts';
import type { StreamEntry, StreamReader } from './redis-reader.ts';
import type { RouterLease } from './router-lease.ts';
import { ChangeAssembler, type ReceivedChange, UnknownFormatError } from './stream-codec.ts';

/** What became of a change: `known` was applied before; `gap`: one before it is missing; `newer_epoch`, `older_epoch`. */
export type Application = 'applied' | 'known' | 'gap' | 'newer_epoch' | 'older_epoch';

/** What a follower moves on. */
export interface FollowTarget {
  position(): Position | undefined;
  apply(change: ReceivedChange): Application;
  /** Takes a whole snapshot that is of a later epoch or further than what there is. */
  replace(snapshot: Snapshot): void;
}

/**
 * `following`: agrees with Redis. `waiting`: Redis is empty or older than the target, which goes on with what it has until
 * Redis is healed. `resyncing`: something is missing, or was never there. `format_unknown`: Redis is written by a newer
 * program. `away`: Redis does not answer.
 */
export type FollowState = 'starting' | 'following' | 'waiting' | 'resyncing' | 'format_unknown' | 'away';

/** What a follower needs of the way to Redis. */
export interface FollowLink extends Pick<RedisLink, 'runOnce'> {
  openReader(): StreamReader;
}

export interface ChangeFollowerOptions {
  readonly link: FollowLink;
  readonly target: FollowTarget;
  readonly onState: (state: FollowState, error?: string) => void;
  /** Told of every time when all that Redis had was applied, with when it was asked. */
  readonly lease?: Pick<RouterLease, 'now' | 'caughtUp'> | undefined;
  /** How long one read waits for a change; also how soon a new epoch is noticed. Default 1 000 ms. */
  readonly blockMs?: number;
}

/** Behind every part of a revision. */
const END_OF_REVISION = '18446744073709551615';
const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 500;
const RETRY_RESYNC_MS = 100;
const MOST_ENTRIES = 500;

/** Reads the stream for ever and moves the target on, in order and without omission, whatever fails in between. */
export class ChangeFollower {
  readonly #options: ChangeFollowerOptions;
  readonly #assembler = new ChangeAssembler();
  readonly #stopping = new AbortController();
  #reader: StreamReader | undefined;
  /** Last entry of a change of which parts are missing. */
  #lastPart: string | undefined;
  #failures = 0;
  #mustLook = true;
  #mustResync = false;
  #loop: Promise<void> | undefined;

  constructor(options: ChangeFollowerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#reader?.close();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#round();
        this.#failures = 0;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#failures++;
        // One failed read is repeated from the same place; after several, Redis may have come back as another.
        if (this.#failures > 1) this.#mustLook = true;
        const isUnknown = error instanceof UnknownFormatError;
        if (isUnknown || this.#failures > 1) {
          this.#options.onState(
            isUnknown ? 'format_unknown' : 'away',
            error instanceof Error ? error.message : String(error),
          );
        }
        await this.#pause(isUnknown ? LONGEST_RETRY_MS : FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 6));
      }
    }
  }

  async #round(): Promise<void> {
    if (this.#mustLook) await this.#look();
    if (this.#mustResync) return this.#resync();
    const progress = await this.#read(this.#options.blockMs ?? 1_000);
    // An empty read has waited already; entries that are of no use would be read again at once, for ever.
    if (progress === 'stuck') await this.#pause(RETRY_RESYNC_MS);
  }

  /** Holds the target against Redis' position. */
  async #look(): Promise<void> {
    const { link, target, onState, lease } = this.#options;
    const own = target.position();
    const askedAt = lease?.now() ?? 0;
    const redis = await link.runOnce(readPosition);
    this.#mustLook = false;
    if (redis === undefined) return onState('waiting', 'Redis is empty');
    if (own === undefined || redis.epoch > own.epoch) return this.#beginResync('another epoch began');
    const ahead = comparePositions(redis, target.position() ?? own);
    if (ahead < 0) return onState('waiting', 'Redis is older');
    if (ahead === 0) {
      lease?.caughtUp(askedAt);
      return onState('following');
    }
    // Published since the last read came back empty, or missing from the stream.
    if ((await this.#read(1)) !== 'progress') this.#beginResync('changes are missing from the stream');
  }

  async #read(blockMs: number): Promise<'progress' | 'none' | 'stuck'> {
    const own = this.#options.target.position();
    if (own === undefined) {
      this.#mustLook = true;
      return 'stuck';
    }
    const after = (this.#assembler.isWaiting ? this.#lastPart : undefined) ?? `${own.revision}-${END_OF_REVISION}`;
    this.#reader ??= this.#options.link.openReader();
    const { lease } = this.#options;
    const askedAt = lease?.now() ?? 0;
    const entries = await this.#reader.read(redisKeys.changes, after, blockMs, MOST_ENTRIES);
    const areAllTaken = entries.every((entry) => this.#takeEntry(entry));
    // A stream that never ends for long is caught up with all the same: fewer than were asked for are all there were.
    if (entries.length > 0 && entries.length < MOST_ENTRIES && areAllTaken && !this.#assembler.isWaiting)
      lease?.caughtUp(askedAt);
    const now = this.#options.target.position() ?? own;
    if (this.#assembler.isWaiting || comparePositions(now, own) !== 0) return 'progress';
    this.#mustLook = true;
    return entries.length === 0 ? 'none' : 'stuck';
  }

  /** @returns false when what follows is of no use. @throws UnknownFormatError */
  #takeEntry(entry: StreamEntry): boolean {
    try {
      const change = this.#assembler.take(entry);
      this.#lastPart = entry.id;
      return change === undefined || this.#take(change);
    } catch (error) {
      // An image beyond it may come, in a format that can be read, or with names that fit again.
      this.#mustResync = true;
      this.#assembler.reset();
      if (error instanceof UnknownFormatError) throw error;
      this.#beginResync(`entry ${entry.id} cannot be applied: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }

  #take(change: ReceivedChange): boolean {
    const application = this.#options.target.apply(change);
    if (application === 'applied') this.#options.onState('following');
    if (application === 'gap') this.#beginResync(`the change before ${change.revision} is missing`);
    if (application === 'newer_epoch') this.#beginResync('another epoch began');
    if (application === 'older_epoch') this.#options.onState('waiting', 'Redis is of an older epoch');
    return application === 'applied' || application === 'known';
  }

  #beginResync(reason: string): void {
    this.#mustResync = true;
    this.#assembler.reset();
    this.#options.onState('resyncing', reason);
  }

  async #resync(): Promise<void> {
    const { link, target } = this.#options;
    this.#reader ??= this.#options.link.openReader();
    const whole = await loadWhole(link, this.#reader, target.position());
    this.#mustResync = false;
    this.#mustLook = true;
    if (whole !== undefined) target.replace(whole);
    // The publisher has yet to write what is missing: look again, and read what there is, until it has.
    else await this.#pause(RETRY_RESYNC_MS);
  }

  #pause(ms: number): Promise<void> {
    return setTimeout(ms * (0.75 + Math.random() * 0.5), undefined, { signal: this.#stopping.signal }).catch(
      () => undefined,
    );
  }
}
