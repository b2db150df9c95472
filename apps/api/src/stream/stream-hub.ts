import type { ServerResponse } from 'node:http';
import type { Position } from '@grey/contracts';
import type { Caller } from '../access/caller.ts';
import type { Revoked, TokensService } from '../access/tokens.service.ts';
import type { ChangeFeed, CommittedChange } from '../changes/change-feed.ts';
import type { SnapshotsService } from '../changes/snapshots.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { InstanceRegistry, ServiceInstances } from '../registry/instance-registry.ts';
import type { RouterState } from '../routing/router-state.ts';
import { ChangeTexts } from './change-texts.ts';
import { encodeEvent, KEEP_ALIVE } from './event-text.ts';
import { StreamReader } from './stream-reader.ts';

const KEEP_ALIVE_MS = 15_000;
const EXPIRY_CHECK_MS = 1_000;
/** Changes of instances within this time become one event per service. */
const COALESCE_MS = 200;

export interface StreamHubParts {
  readonly router: Pick<RouterState, 'snapshot'>;
  readonly store: Pick<SnapshotsService, 'loadDeltas'>;
  readonly feed: Pick<ChangeFeed, 'subscribe' | 'onReset'>;
  readonly registry: Pick<InstanceRegistry, 'onChanged'>;
  readonly tokens: Pick<TokensService, 'onRevoked'>;
  readonly now?: () => number;
}

/** Everybody who listens to `GET /api/stream`. A reader gets each change once and in order, from where it left off. */
export class StreamHub {
  readonly #parts: StreamHubParts;
  readonly #now: () => number;
  readonly #readers = new Set<StreamReader>();
  readonly #changedServices = new Map<string, ServiceInstances>();
  #position: Position | undefined;
  #stops: (() => void)[] = [];
  #coalescing: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #others: (() => void)[] = [];

  constructor(parts: StreamHubParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  get streamCount(): number {
    return this.#readers.size;
  }

  onApplicationBootstrap(): void {
    const { feed, registry, tokens } = this.#parts;
    const keepAlive = setInterval(() => this.#writeAll(KEEP_ALIVE), KEEP_ALIVE_MS).unref();
    const expiry = setInterval(() => this.endExpired(), EXPIRY_CHECK_MS).unref();
    this.#stops = [
      feed.subscribe((committed) => this.#tellChange(committed)),
      feed.onReset(() => this.#cutAll()),
      registry.onChanged((service) => this.#noteInstances(service)),
      tokens.onRevoked((what) => this.#endRevoked(what)),
      () => clearInterval(keepAlive),
      () => clearInterval(expiry),
      () => clearTimeout(this.#coalescing),
    ];
  }

  onModuleDestroy(): void {
    this.close();
  }

  /** Ends every stream: a server that waits for its connections would otherwise never close. */
  close(): void {
    this.#isClosed = true;
    for (const stop of [...this.#stops, ...this.#others]) stop();
    for (const reader of this.#readers) reader.end();
  }

  /** Other streams that have to end before the server can close. */
  alsoClose(close: () => void): void {
    this.#others.push(close);
  }

  /**
   * Opens a stream on a response whose head has not been sent.
   * @param lastEventId `epoch-revision` of the last change that the caller has got
   * @throws ApiError SNAPSHOT_MISSING; DATABASE_UNAVAILABLE when the log cannot be read to resume
   */
  async open(caller: Caller, lastEventId: string | undefined, res: ServerResponse): Promise<void> {
    const position = this.#currentPosition();
    if (position === undefined || this.#isClosed) throw new ApiError('SNAPSHOT_MISSING');
    const reader = new StreamReader(caller, res, position);
    this.#readers.add(reader);
    reader.onClose(() => this.#readers.delete(reader));
    try {
      const missed = lastEventId === undefined ? undefined : await this.#loadMissed(reader, lastEventId);
      if (!reader.isOpen) return;
      reader.begin();
      if (missed === undefined || missed === 'reset') this.#beginFresh(reader, missed === 'reset');
      else await this.#replay(reader, position, missed);
      reader.goLive();
    } catch (error) {
      this.#readers.delete(reader);
      throw error;
    }
  }

  /** Ends the streams of callers whose token has expired. */
  endExpired(): void {
    const now = this.#now();
    for (const reader of this.#readers) if (reader.caller.expiresAt <= now) reader.end();
  }

  #currentPosition(): Position | undefined {
    const loaded = this.#parts.router.snapshot?.position;
    const heard = this.#position;
    if (loaded === undefined || heard === undefined || heard.epoch !== loaded.epoch) return loaded;
    return heard.revision > loaded.revision ? heard : loaded;
  }

  /** The id is on the greeting only where it is true: a resumed reader that breaks off during the replay must not skip any. */
  #beginFresh(reader: StreamReader, isReset: boolean): void {
    const { position } = reader;
    const id = `${position.epoch}-${position.revision}`;
    reader.write(encodeEvent({ type: 'hello', position }, id));
    if (isReset) reader.write(encodeEvent({ type: 'reset', position }, id));
  }

  async #replay(reader: StreamReader, position: Position, missed: readonly CommittedChange[]): Promise<void> {
    reader.write(encodeEvent({ type: 'hello', position }));
    for (const committed of missed) {
      this.#tell(reader, committed, new ChangeTexts(committed));
      await reader.drained();
    }
  }

  async #loadMissed(reader: StreamReader, lastEventId: string): Promise<CommittedChange[] | 'reset'> {
    const match = /^([0-9A-Za-z]{1,40})-([0-9]{1,15})$/.exec(lastEventId);
    if (match === null) return 'reset';
    const after = { epoch: match[1]!, revision: Number(match[2]) };
    const missed = await this.#parts.store.loadDeltas(after);
    if (missed !== 'reset') reader.position = after;
    return missed;
  }

  #tellChange(committed: CommittedChange): void {
    this.#position = committed.change.position;
    const texts = new ChangeTexts(committed);
    for (const reader of this.#readers) reader.whenLive(() => this.#tell(reader, committed, texts));
  }

  /** What was replayed may arrive once more from the feed, and the other way round. */
  #tell(reader: StreamReader, { change }: CommittedChange, texts: ChangeTexts): void {
    if (change.position.epoch !== reader.position.epoch) {
      // The log went back (a restore): the reader comes again and is told to read everything anew.
      reader.cut();
      return;
    }
    if (change.position.revision <= reader.position.revision) return;
    reader.position = change.position;
    const text = texts.textFor(reader.caller);
    if (text !== undefined) reader.write(text);
  }

  /** They come again with the last change they got, and are told to read everything anew. */
  #cutAll(): void {
    this.#position = undefined;
    for (const reader of this.#readers) reader.cut();
  }

  #noteInstances(service: ServiceInstances): void {
    this.#changedServices.set(service.serviceId, service);
    this.#coalescing ??= setTimeout(() => {
      this.#coalescing = undefined;
      const changed = [...this.#changedServices.values()];
      this.#changedServices.clear();
      for (const one of changed) this.#writeAll(encodeEvent({ type: 'instances', ...one }));
    }, COALESCE_MS).unref();
  }

  #writeAll(text: string): void {
    for (const reader of this.#readers) reader.whenLive(() => reader.write(text));
  }

  #endRevoked({ userId, apiKeyId }: Revoked): void {
    for (const reader of this.#readers) {
      const { kind, id } = reader.caller;
      if (kind === 'user' ? id === userId : id === apiKeyId) reader.end();
    }
  }
}
