import type { Position, StreamEvent } from '../api/generated/model/index.ts';
import { session } from '../api/session.ts';
import { backOffMs } from './read-sse.ts';
import { readStream } from './read-stream.ts';

/**
 * `live`: events arrive. `reconnecting`: the stream broke, what is on the screen is as of `position`.
 * `stale`: that has lasted longer than `staleAfterMs`. `off`: nobody is logged in.
 */
export type LiveState = 'off' | 'connecting' | 'live' | 'reconnecting' | 'stale';
export interface LiveStatus {
  readonly state: LiveState;
  readonly position: Position | undefined;
  readonly lostAt: number | undefined;
}

const staleAfterMs = 30_000;

/** Follows `GET /api/stream` with the session's token, resumes by Last-Event-ID and reports what arrives. */
export class LiveStream {
  #status: LiveStatus = { state: 'off', position: undefined, lostAt: undefined };
  #lastEventId = '';
  #stopping: AbortController | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #onEvent: (event: StreamEvent) => void;

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent;
  }

  readonly getStatus = (): LiveStatus => this.#status;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    this.stop();
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#lastEventId = '';
    this.#set({ state: 'connecting', position: undefined, lostAt: undefined });
    void this.#run(stopping.signal);
  }

  stop(): void {
    this.#stopping?.abort();
    this.#stopping = undefined;
    this.#set({ state: 'off', position: undefined, lostAt: undefined });
  }

  #set(next: LiveStatus): void {
    this.#status = next;
    for (const listener of this.#listeners) listener();
  }

  #lose(): void {
    const lostAt = this.#status.lostAt ?? Date.now();
    const state = Date.now() - lostAt >= staleAfterMs ? 'stale' : 'reconnecting';
    if (state !== this.#status.state || lostAt !== this.#status.lostAt) this.#set({ ...this.#status, state, lostAt });
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#connect(signal, () => {
          attempt = 0;
        });
      } catch {
        // What broke does not matter here: the chip says that it is broken, the loop tries again.
      }
      if (signal.aborted) return;
      if (!session.current) return this.stop();
      this.#lose();
      await new Promise((resolve) => setTimeout(resolve, backOffMs(attempt, Math.random)));
    }
  }

  /** Resolves or throws when the connection ends. */
  async #connect(signal: AbortSignal, onAlive: () => void): Promise<void> {
    await readStream('/api/stream', {
      signal,
      lastEventId: this.#lastEventId,
      onAlive,
      onEvent: ({ data, id }) => {
        if (id) this.#lastEventId = id;
        this.#take(JSON.parse(data) as StreamEvent);
      },
    });
  }

  #take(event: StreamEvent): void {
    const position =
      event.type === 'change'
        ? event.change.position
        : event.type === 'instances'
          ? this.#status.position
          : event.position;
    if (event.type === 'reset' || event.type === 'hello')
      this.#lastEventId ||= `${event.position.epoch}-${event.position.revision}`;
    if (event.type === 'reset') this.#lastEventId = `${event.position.epoch}-${event.position.revision}`;
    this.#set({ state: 'live', position, lostAt: undefined });
    this.#onEvent(event);
  }
}
