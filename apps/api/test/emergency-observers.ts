import type { Position } from '@grey/contracts';
import { comparePositions, FollowedOverrides } from '@grey/propagation';
import {
  applyDelta,
  createDecisionEnv,
  decide,
  type HoldRecord,
  readHolds,
  type Snapshot,
  type SnapshotDelta,
} from '@grey/route-core';
import { EmergencyJournal } from '../src/emergency/emergency-journal.ts';
import type { Override } from '../src/emergency/override.ts';
import { PendingOverrides } from '../src/emergency/pending-overrides.ts';
import { SharedOverrides } from '../src/emergency/shared-overrides.ts';
import { ApiError } from '../src/infra/http/api-error.ts';
import { RouterState } from '../src/routing/router-state.ts';
import { emptySnapshot, type ModelLog, type ModelRedis, TENANTS } from './emergency-parts.ts';

const env = createDecisionEnv();

/** When a replica is killed while it takes a rollback: with nothing, half or all of it on disk, and in no case answered. */
export type Death = 'before' | 'torn' | 'after';

/** Somebody who decides: what he has, and what was in force there once and must stay so. */
export abstract class Observer {
  readonly log: ModelLog;
  readonly redis: ModelRedis;
  /** Holds that were in force here in this run. */
  readonly seen = new Map<string, HoldRecord>();
  #lastPosition: Position | undefined;

  constructor(log: ModelLog, redis: ModelRedis) {
    this.log = log;
    this.redis = redis;
  }

  abstract get snapshot(): Snapshot;
  /** As the log alone has it. */
  abstract get base(): Snapshot;
  abstract follow(delta: SnapshotDelta): void;
  abstract replace(snapshot: Snapshot): void;
  abstract look(): Promise<void>;
  abstract kill(): Promise<void>;

  /** Reads some of the log. */
  catchUp(most = Number.POSITIVE_INFINITY): void {
    const { revision } = this.base.position;
    if (this.log.isUp) for (const delta of this.log.deltas.slice(revision, revision + most)) this.follow(delta);
  }

  /** A new run may begin at an older position, and knows of other runs only what is written somewhere. */
  protected begin(): void {
    this.seen.clear();
    this.#lastPosition = undefined;
  }

  /** What this observer does wrong now, in words; nothing is what is wanted. */
  findFault(): string | undefined {
    const { snapshot, base } = this;
    const { revision } = base.position;
    if (this.#lastPosition !== undefined && comparePositions(snapshot.position, this.#lastPosition) < 0)
      return `went back from ${this.#lastPosition.revision} to ${snapshot.position.revision}`;
    this.#lastPosition = snapshot.position;
    if (base.digest !== this.log.states[revision]?.digest) return `is not what the log was at ${revision}`;
    for (const hold of readHolds(snapshot)) this.seen.set(hold.id, hold);
    for (const { id, serviceId, fromVersion, scope } of this.seen.values()) {
      if ((this.log.liftedAt.get(id) ?? Number.POSITIVE_INFINITY) <= this.log.deltas.length) continue;
      for (const tenantId of scope.kind === 'tenants' ? scope.tenantIds : TENANTS)
        if (decide(snapshot, { tenantId, serviceName: serviceId }, env).version === fromVersion)
          return `sends ${tenantId} to ${fromVersion}, which ${id} took back`;
    }
    return undefined;
  }
}

/** A replica of the API: one process after the other on one disk. */
export class ReplicaModel extends Observer {
  #journal = '';
  #saved = emptySnapshot();
  #base = this.#saved;
  #death: Death | undefined;
  #router!: RouterState;
  #pending!: PendingOverrides;

  get snapshot(): Snapshot {
    return this.#router.snapshot as Snapshot;
  }

  get base(): Snapshot {
    return this.#base;
  }

  /** Begins from disk, as after a kill. */
  async start(): Promise<void> {
    this.begin();
    this.#router = new RouterState(neverLoads, neverTells);
    this.#router.onChanged((_, base) => {
      this.#base = base;
    });
    this.#router.restore(this.#saved);
    const journal = new EmergencyJournal('.', {
      read: async () => this.#journal,
      append: (_, text) => this.#append(text),
    });
    this.#pending = new PendingOverrides(journal, new SharedOverrides(this.redis as never), this.#router);
    await this.#pending.restore();
    await this.#pending.start(async ({ hold }) => {
      if (!this.log.isUp) throw new ApiError('DATABASE_UNAVAILABLE');
      if (this.log.countOf(hold.id) === 0) this.log.write({ holds: { upsert: [hold] } });
      return this.log.position;
    });
  }

  follow(delta: SnapshotDelta): void {
    this.#router.follow(delta);
  }

  replace(snapshot: Snapshot): void {
    this.#router.replace(snapshot);
  }

  look(): Promise<void> {
    return this.#pending.look();
  }

  /** What the file of the last good snapshot would have: the log alone. */
  save(): void {
    this.#saved = this.#base;
  }

  async kill(): Promise<void> {
    await this.#pending.onApplicationShutdown();
    await this.start();
  }

  /** @returns whether it was acknowledged; a replica that is killed meanwhile begins anew */
  async take(hold: HoldRecord, death?: Death): Promise<boolean> {
    this.#death = death;
    const taken = this.#pending.take(overrideOf(hold)).then(
      () => death === undefined,
      () => false,
    );
    if (!(await taken)) await this.kill();
    return taken;
  }

  async #append(text: string): Promise<void> {
    const death = this.#death;
    this.#death = undefined;
    if (death !== 'before') this.#journal += death === 'torn' ? text.slice(0, text.length / 2) : text;
    if (death !== undefined) throw new Error('killed');
  }

  stop(): Promise<void> {
    return this.#pending.onApplicationShutdown();
  }
}

/** A router that knows of the API only through Redis, and of other runs of itself nothing. */
export class FollowerModel extends Observer {
  #overrides!: FollowedOverrides;
  #base!: Snapshot;
  #snapshot!: Snapshot;

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get base(): Snapshot {
    return this.#base;
  }

  async start(): Promise<void> {
    this.begin();
    this.#overrides = new FollowedOverrides(this.redis as never);
    await this.#overrides.look().catch(() => undefined);
    this.#take(this.log.states[0] as Snapshot);
  }

  follow(delta: SnapshotDelta): void {
    if (delta.revision === this.#base.position.revision + 1) this.#take(applyDelta(this.#base, delta));
  }

  replace(snapshot: Snapshot): void {
    if (comparePositions(snapshot.position, this.#base.position) > 0) this.#take(snapshot);
  }

  async look(): Promise<void> {
    if (await this.#overrides.look().catch(() => false)) this.#take(this.#base);
  }

  kill(): Promise<void> {
    return this.start();
  }

  #take(base: Snapshot): void {
    this.#base = base;
    this.#snapshot = this.#overrides.over(base);
  }
}

const neverLoads = { loadSource: () => new Promise<never>(() => undefined) };
const neverTells = { subscribe: () => () => undefined, onReset: () => () => undefined };

function overrideOf(hold: HoldRecord): Override {
  const at = '2026-11-21T00:00:00.000Z';
  return {
    hold,
    actor: { kind: 'user', id: 'u', name: 'u' },
    reason: 'broken',
    operatorId: null,
    at,
    idempotency: null,
    answer: {
      rollbackId: hold.id,
      changeId: null,
      position: null,
      at,
      durability: 'journal',
      affectedCount: 1,
      byMove: [],
      leftOut: [],
      warnings: [],
      frozen: [],
      preempted: [],
      convergence: null,
    },
  };
}
