import { randomUUID } from 'node:crypto';
import type { Actor, Change, ChangeItem, Position } from '@grey/contracts';
import type { ServiceRecord } from '@grey/route-core';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { callContext } from '../infra/http/call-context.ts';
import type { IdempotencyClaim } from '../infra/http/idempotency.ts';
import { Replayed } from '../infra/http/replayed.ts';
import { ChangeFeed, type CommittedChange } from './change-feed.ts';
import { changeIdOf } from './change-id.ts';
import { ChangeLogStore, SHOWN_ITEMS } from './change-log.store.ts';
import { deltaOfItems } from './delta-of-items.ts';
import { FeedSequencer } from './feed-sequencer.ts';
import { IdempotencyStore } from './idempotency.store.ts';
import type { ItemDraft } from './item-draft.ts';
import { SnapshotStore } from './snapshot.store.ts';

/** Replicas that share a database hear of each other's changes within this time, in milliseconds. */
const POLL_MS = 5_000;

/** Where a change went. `changeId` is null when there was nothing to change. */
export interface Committed {
  readonly changeId: string | null;
  readonly position: Position;
  /** When; ISO 8601. */
  readonly at?: string;
}

/** What the work inside a transaction brings back: what it did, and how to answer once that has a place in the log. */
export interface Work<T> {
  readonly items: readonly ItemDraft[];
  /** Instead of the kind that was asked for, when what it came to has a name of its own. */
  readonly kind?: Change['kind'];
  /** Whole records of the services that were touched, as the engine sees them now. */
  readonly services?: readonly ServiceRecord[];
  answer(committed: Committed): T;
}

export interface ChangeRequest {
  readonly kind: Change['kind'];
  readonly actor: Actor;
  readonly reason?: string | undefined;
  readonly idempotency?: IdempotencyClaim | undefined;
}

/** The only way configuration changes: one transaction with its entry in the log, handed over in order after commit. */
@Injectable()
export class ChangesService implements OnApplicationShutdown {
  readonly #sequencer: FeedSequencer;
  readonly #logger = new Logger('changes');
  #poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly log: ChangeLogStore,
    private readonly idempotency: IdempotencyStore,
    private readonly feed: ChangeFeed,
    private readonly guards: VersionGuards,
    snapshots: SnapshotStore,
  ) {
    this.#sequencer = new FeedSequencer(
      (change) => feed.publish(change),
      (after) => snapshots.loadDeltas(after),
      (lost) => this.#restart(lost),
    );
  }

  /**
   * Opens the log; to be called before anything reads a snapshot or writes.
   * @param seen the furthest position that an earlier run knew of
   */
  async open(seen?: Position): Promise<Position> {
    const position = await this.log.openLog(seen);
    this.#sequencer.startAt(position);
    clearInterval(this.#poll);
    this.#poll = setInterval(() => void this.#sequencer.catchUp().catch(() => undefined), POLL_MS).unref();
    return position;
  }

  /**
   * Looks into the log for what other replicas have committed. Harmless at any time.
   * @param known a position that the caller has heard of; one that was handed over here already costs nothing
   */
  async catchUp(known?: Position): Promise<void> {
    await this.#sequencer.catchUp(known);
  }

  /** Somebody knows of a position further than the log: it was restored, and a new epoch begins. */
  async noticeLater(seen: Position): Promise<void> {
    await this.log.openLog(seen);
    await this.#sequencer.catchUp();
  }

  /** The end of the log as a transaction sees it. */
  readPosition(tx: Transaction): Promise<Position> {
    return this.log.readPosition(tx);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#poll);
    this.#sequencer.stop();
  }

  /**
   * Runs `work` in a transaction and records what it did. `changeKey` is what the change will be known by in the log. Nothing is recorded when it did nothing. `work` may run more
   * than once (deadlocks), so it keeps nothing outside the transaction.
   *
   * @returns the answer, or the earlier one when the Idempotency-Key was used before
   * @throws ApiError of `work`; IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_PROGRESS, DATABASE_UNAVAILABLE
   */
  async commit<T>(
    request: ChangeRequest,
    work: (tx: Transaction, changeKey: string) => Promise<Work<T>>,
  ): Promise<T | Replayed<T>> {
    let committed: CommittedChange | undefined;
    const answer = await this.database.transaction(async (tx) => {
      committed = undefined;
      const claim = request.idempotency;
      const earlier = claim === undefined ? undefined : await this.idempotency.claim(tx, claim);
      if (earlier !== undefined) return new Replayed(earlier as T);
      const key = randomUUID();
      const done = await work(tx, key);
      if (done.items.length > 0) committed = await this.#record(tx, key, request, done);
      const result = done.answer(
        committed === undefined
          ? { changeId: null, position: await this.log.readPosition(tx) }
          : { changeId: committed.change.id, position: committed.change.position, at: committed.change.at },
      );
      if (claim !== undefined) await this.idempotency.keep(tx, claim, result);
      return result;
    });
    if (committed !== undefined) {
      this.#sequencer.accept(committed);
      const call = callContext.getStore();
      if (call !== undefined) call.committed = committed.change.position;
    }
    return answer;
  }

  async #restart(lost: Position): Promise<Position> {
    const position = await this.log.openLog(lost);
    this.#logger.warn({ msg: 'the log cannot be followed and is read anew', lost, position });
    this.feed.reset();
    return position;
  }

  async #record<T>(tx: Transaction, key: string, request: ChangeRequest, done: Work<T>): Promise<CommittedChange> {
    const services = done.services ?? [];
    const overridden = this.guards.overriddenIn(tx);
    const items: ChangeItem[] = [...(overridden?.items ?? []), ...done.items].map((item, index) => ({
      index,
      ...item,
    }));
    const head = {
      key,
      kind: done.kind ?? request.kind,
      actor: request.actor,
      reason: reasonOf(request.reason, overridden?.reason),
      itemCount: items.length,
      services,
    };
    const seal = await this.log.writeItems(tx, head, items);
    const { position, at } = await this.log.writeHead(tx, head, seal);
    const { kind, actor, reason, itemCount } = head;
    return {
      change: {
        id: changeIdOf(position),
        position,
        kind,
        actor,
        reason,
        at: at.toISOString(),
        itemCount,
        items: items.slice(0, SHOWN_ITEMS),
      },
      delta: deltaOfItems(position, items, services),
      items,
    };
  }
}

/** Why, with why an override was needed: the head of a change is where words of persons can be erased. */
function reasonOf(reason: string | undefined, override: string | undefined): string | null {
  if (reason === undefined || override === undefined || reason === override) return reason ?? override ?? null;
  return `${reason} (override: ${override})`;
}

/** The caller as the log names them. */
export function actorOf(caller: Caller): Actor {
  return { kind: caller.kind, id: caller.id, name: caller.name };
}
