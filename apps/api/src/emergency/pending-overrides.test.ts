import type { Position } from '@grey/contracts';
import {
  buildSnapshot,
  createDecisionEnv,
  decide,
  type HoldRecord,
  type Snapshot,
  type SnapshotDelta,
} from '@grey/route-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from '../infra/http/api-error.ts';
import { RouterState } from '../routing/router-state.ts';
import { EmergencyJournal } from './emergency-journal.ts';
import type { Override } from './override.ts';
import { PendingOverrides } from './pending-overrides.ts';
import type { SharedOverride } from './shared-overrides.ts';

const EPOCH = 'e';
const VERSIONS = ['v0', 'v1', 'v2', 'v3'];
const env = createDecisionEnv();

function emptySnapshot(): Snapshot {
  return buildSnapshot({
    position: { epoch: EPOCH, revision: 0 },
    tenants: [{ id: 't', status: 'active' }],
    services: [
      {
        id: 's',
        unknownTenant: 'reject',
        balancer: 'random',
        fallback: 'fail',
        defaults: [],
        versions: VERSIONS.map((version, ordinal) => ({ version, ordinal, status: 'active' })),
      },
    ],
    assignments: [{ tenantId: 't', serviceId: 's', version: 'v3', isPinned: false }],
    schemas: [],
    holds: [],
    instances: [],
  });
}

/** PostgreSQL as far as it matters here: a log of holds, where an id is written once. */
class FakeLog {
  isUp = false;
  readonly deltas: SnapshotDelta[] = [];
  readonly lifted = new Set<string>();

  get position(): Position {
    return { epoch: EPOCH, revision: this.deltas.length };
  }

  has(id: string): boolean {
    return this.deltas.some(({ holds }) => holds?.upsert?.some((hold) => hold.id === id));
  }

  make(hold: HoldRecord): void {
    this.#append({ upsert: [hold] });
  }

  lift(id: string): void {
    this.lifted.add(id);
    this.#append({ remove: [id] });
  }

  #append(holds: NonNullable<SnapshotDelta['holds']>): void {
    this.deltas.push({ epoch: EPOCH, revision: this.deltas.length + 1, holds });
  }
}

/** Redis as far as it matters here. */
class FakeSharing {
  isUp = true;
  readonly entries = new Map<string, SharedOverride>();

  async list() {
    this.#ask();
    return new Map(this.entries);
  }

  async share(override: Override) {
    this.#ask();
    if (!this.entries.has(override.hold.id)) this.entries.set(override.hold.id, { kind: 'pending', override });
  }

  async settle(id: string, position: Position) {
    this.#ask();
    this.entries.set(id, { kind: 'settled', position });
  }

  #ask(): void {
    if (!this.isUp) throw new Error('Redis is away');
  }
}

/** One process after the other on one disk. */
class Replica {
  readonly #log: FakeLog;
  readonly #sharing: FakeSharing;
  #journal = '';
  #saved = emptySnapshot();
  router = new RouterState(neverLoads, neverTells);
  pending!: PendingOverrides;

  constructor(log: FakeLog, sharing: FakeSharing) {
    this.#log = log;
    this.#sharing = sharing;
  }

  /** Begins from disk, as after a kill. */
  async start(): Promise<void> {
    this.router = new RouterState(neverLoads, neverTells);
    this.router.restore(this.#saved);
    const journal = new EmergencyJournal('.', {
      read: async () => this.#journal,
      append: async (_, text) => {
        this.#journal += text;
      },
    });
    this.pending = new PendingOverrides(journal, this.#sharing, this.router, { settleMs: 0 });
    await this.pending.restore();
    await this.pending.start(async ({ hold }) => {
      if (!this.#log.isUp) throw new ApiError('DATABASE_UNAVAILABLE');
      if (!this.#log.has(hold.id)) this.#log.make(hold);
      return this.#log.position;
    });
  }

  /** Reads some of the log. */
  follow(most = Number.POSITIVE_INFINITY): void {
    const at = this.router.snapshot?.position.revision ?? 0;
    if (this.#log.isUp) for (const delta of this.#log.deltas.slice(at, at + most)) this.router.follow(delta);
  }

  /** What the file of the last good snapshot would have: the log alone. */
  save(): void {
    const stop = this.router.onChanged((_, base) => {
      this.#saved = base;
    });
    this.router.setInstances('s', []);
    stop();
  }

  get version(): string | undefined {
    return decide(this.router.snapshot as Snapshot, { tenantId: 't', serviceName: 's' }, env).version;
  }
}

const neverLoads = { loadSource: () => new Promise<never>(() => undefined) };
const neverTells = { subscribe: () => () => undefined, onReset: () => () => undefined };

type Disturbance = 'look' | 'follow' | 'save' | 'kill';
type Step =
  | { readonly do: 'rollback'; readonly at: number; readonly from: number; readonly to: number }
  | { readonly do: 'lift'; readonly which: number }
  | { readonly do: 'disturb'; readonly at: number; readonly how: Disturbance }
  | { readonly do: 'postgres'; readonly isUp: boolean }
  | { readonly do: 'redis'; readonly isUp: boolean }
  | { readonly do: 'flush' };

const at = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('rollback' as const),
      at,
      from: fc.integer({ min: 1, max: 3 }),
      to: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lift' as const), which: fc.nat(5) }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('disturb' as const),
      at,
      how: fc.constantFrom<Disturbance>('look', 'look', 'follow', 'follow', 'save', 'kill'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('postgres' as const), isUp: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('redis' as const), isUp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
);

test('whatever goes down when, what was acknowledged stays in force where it was and ends in the log once', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const log = new FakeLog();
      const sharing = new FakeSharing();
      const replicas = [new Replica(log, sharing), new Replica(log, sharing)];
      for (const replica of replicas) await replica.start();
      const acknowledged: { hold: HoldRecord; by: Replica }[] = [];

      const rollBack = async (by: Replica, from: number, to: number): Promise<void> => {
        if (to >= from || log.isUp) return;
        count += 1;
        const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
        const [fromVersion, toVersion] = [VERSIONS[from] as string, VERSIONS[to] as string];
        const hold: HoldRecord = { id, serviceId: 's', fromVersion, toVersion, scope: { kind: 'all' } };
        await by.pending.take(overrideOf(hold));
        acknowledged.push({ hold, by });
      };
      const lift = (hold: HoldRecord | undefined): void => {
        if (hold !== undefined && log.isUp && log.has(hold.id) && !log.lifted.has(hold.id)) log.lift(hold.id);
      };
      const disturb = async (replica: Replica, what: Disturbance): Promise<void> => {
        if (what === 'look') await replica.pending.look();
        else if (what === 'follow') replica.follow(2);
        else if (what === 'save') replica.save();
        else {
          await replica.pending.onApplicationShutdown();
          await replica.start();
        }
      };
      const run = async (one: Step): Promise<void> => {
        if (one.do === 'postgres') log.isUp = one.isUp;
        else if (one.do === 'redis') sharing.isUp = one.isUp;
        else if (one.do === 'flush') sharing.entries.clear();
        else if (one.do === 'lift') lift(acknowledged[one.which]?.hold);
        else if (one.do === 'rollback') await rollBack(replicas[one.at] as Replica, one.from, one.to);
        else await disturb(replicas[one.at] as Replica, one.how);
      };

      for (const one of steps) {
        await run(one);
        for (const { hold, by } of acknowledged)
          if (!log.lifted.has(hold.id)) expect(by.version).not.toBe(hold.fromVersion);
      }
      log.isUp = true;
      sharing.isUp = true;
      for (let round = 0; round < 4; round += 1)
        for (const replica of replicas) {
          await replica.pending.look();
          replica.follow();
        }
      for (const { hold } of acknowledged)
        expect(log.deltas.filter(({ holds }) => holds?.upsert?.[0]?.id === hold.id)).toHaveLength(1);
      const truth = new RouterState(neverLoads, neverTells);
      truth.restore(emptySnapshot());
      for (const delta of log.deltas) truth.follow(delta);
      for (const replica of replicas) {
        expect(replica.router.snapshot?.digest).toBe(truth.snapshot?.digest);
        await replica.pending.onApplicationShutdown();
      }
    }),
    { numRuns: 5_000 },
  );
});

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
