import { applyDelta, type HoldRecord, readHolds, type Snapshot } from '@grey/route-core';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Death, FollowerModel, type Observer, ReplicaModel } from '../../test/emergency-observers.ts';
import { emptySnapshot, ModelLog, ModelRedis, TENANTS, VERSIONS } from '../../test/emergency-parts.ts';

/** `pnpm soak` runs it longer: GREY_SOAK_RUNS histories, from GREY_SOAK_SEED, for at most GREY_SOAK_MS. */
const { GREY_SOAK_RUNS: runs, GREY_SOAK_SEED: seed, GREY_SOAK_MS: limit } = process.env;
const length: fc.Parameters<unknown> = {
  numRuns: runs === undefined ? 5_000 : Number(runs),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(limit === undefined ? {} : { interruptAfterTimeLimit: Number(limit), markInterruptAsFailure: false }),
};
const HOUR_MS = 3_600_000;

type Disturbance = 'look' | 'follow' | 'save' | 'kill';
type Step =
  | {
      readonly do: 'rollback';
      readonly at: number;
      readonly from: number;
      readonly to: number;
      readonly only: string | null;
      /** Killed before it answers. */
      readonly death: Death | null;
    }
  | { readonly do: 'lift'; readonly which: number }
  | { readonly do: 'assign'; readonly tenantId: string; readonly to: number }
  | { readonly do: 'disturb'; readonly at: number; readonly how: Disturbance }
  /** A change or a whole snapshot out of turn, counted from the end of the log. */
  | { readonly do: 'deliver'; readonly at: number; readonly what: 'change' | 'image'; readonly back: number }
  | { readonly do: 'rebuild'; readonly back: number }
  | { readonly do: 'postgres'; readonly isUp: boolean }
  | { readonly do: 'redis'; readonly isUp: boolean }
  | { readonly do: 'flush' }
  | { readonly do: 'wait'; readonly ms: number };

const replica = fc.nat(1);
const observer = fc.nat(2);
const back = fc.nat(6);
const only = <T extends string>(value: T) => fc.constant(value);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: only('rollback'),
      at: replica,
      from: fc.integer({ min: 1, max: 3 }),
      to: fc.nat(2),
      only: fc.option(fc.constantFrom(...TENANTS)),
      death: fc.option(fc.constantFrom<Death>('before', 'torn', 'after'), { freq: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: only('lift'), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: only('assign'), tenantId: fc.constantFrom(...TENANTS), to: fc.nat(3) }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: only('disturb'),
      at: observer,
      how: fc.constantFrom<Disturbance>('look', 'look', 'look', 'follow', 'follow', 'save', 'kill'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: only('deliver'), at: observer, what: fc.constantFrom('change', 'image'), back }),
  },
  { weight: 1, arbitrary: fc.record({ do: only('rebuild'), back }) },
  { weight: 3, arbitrary: fc.record({ do: only('postgres'), isUp: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: only('redis'), isUp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: only('flush') }) },
  { weight: 3, arbitrary: fc.record({ do: only('wait'), ms: fc.constantFrom(300, 2_000, 25 * HOUR_MS) }) },
);

/** Two replicas and a router that follows them; what was acknowledged, and what nobody knows the answer to. */
class History {
  readonly log = new ModelLog();
  readonly redis = new ModelRedis();
  readonly replicas = [new ReplicaModel(this.log, this.redis), new ReplicaModel(this.log, this.redis)] as const;
  readonly follower = new FollowerModel(this.log, this.redis);
  readonly acknowledged: { readonly hold: HoldRecord; readonly by: ReplicaModel | null }[] = [];
  readonly unanswered: HoldRecord[] = [];
  #count = 0;

  get observers(): readonly Observer[] {
    return [...this.replicas, this.follower];
  }

  async start(): Promise<void> {
    for (const one of [...this.replicas, this.follower]) await one.start();
  }

  async run(one: Step): Promise<void> {
    if (one.do === 'postgres') this.log.isUp = one.isUp;
    else if (one.do === 'redis') this.redis.isUp = one.isUp;
    else if (one.do === 'flush') this.redis.flush();
    else if (one.do === 'wait') vi.setSystemTime(Date.now() + one.ms);
    else if (one.do === 'lift') this.#lift(this.acknowledged[one.which]?.hold);
    else if (one.do === 'assign') this.#assign(one.tenantId, one.to);
    else if (one.do === 'rollback') await this.#rollBack(one);
    else if (one.do === 'disturb') await this.#disturb(this.observers[one.at] as Observer, one.how);
    else if (one.do === 'deliver') this.#deliver(this.observers[one.at] as Observer, one);
    else this.#rebuild(one.back);
  }

  expectSound(): void {
    for (const one of this.observers) expect(one.findFault()).toBeUndefined();
    for (const { hold, by } of this.acknowledged) {
      if (this.log.liftedAt.has(hold.id)) continue;
      // In force where it was acknowledged, from then on, whatever became of the process.
      if (by !== null) expect(holdIds(by)).toContain(hold.id);
      else expect(this.log.countOf(hold.id)).toBe(1);
    }
  }

  /** Everything comes back, and is given time. */
  async settle(): Promise<void> {
    this.log.isUp = true;
    this.redis.isUp = true;
    for (let round = 0; round < 4; round += 1) {
      vi.setSystemTime(Date.now() + 2_000);
      for (const one of this.observers) {
        await one.look();
        one.catchUp();
      }
    }
  }

  async stop(): Promise<void> {
    for (const one of this.replicas) await one.stop();
  }

  async #rollBack({ at, from, to, only: tenantId, death }: Extract<Step, { do: 'rollback' }>): Promise<void> {
    if (to >= from) return;
    this.#count += 1;
    const hold: HoldRecord = {
      id: `00000000-0000-4000-8000-${String(this.#count).padStart(12, '0')}`,
      serviceId: 's',
      fromVersion: VERSIONS[from] as string,
      toVersion: VERSIONS[to] as string,
      scope: tenantId === null ? { kind: 'all' } : { kind: 'tenants', tenantIds: [tenantId] },
    };
    if (this.log.isUp) {
      this.log.write({ holds: { upsert: [hold] } });
      this.acknowledged.push({ hold, by: null });
    } else {
      const by = this.replicas[at] as ReplicaModel;
      if (await by.take(hold, death ?? undefined)) this.acknowledged.push({ hold, by });
      else this.unanswered.push(hold);
    }
  }

  #lift(hold: HoldRecord | undefined): void {
    if (hold === undefined || !this.log.isUp || this.log.liftedAt.has(hold.id)) return;
    if (this.log.countOf(hold.id) > 0) this.log.lift(hold.id);
  }

  #assign(tenantId: string, to: number): void {
    const version = VERSIONS[to] as string;
    if (this.log.isUp)
      this.log.write({ assignments: { upsert: [{ tenantId, serviceId: 's', version, isPinned: false }] } });
  }

  async #disturb(one: Observer, how: Disturbance): Promise<void> {
    if (how === 'look') await this.#look(one);
    else if (how === 'follow') one.catchUp(2);
    else if (how === 'kill') await this.#kill(one);
    else if (one instanceof ReplicaModel) one.save();
  }

  /** What a replica took is in Redis again, also when that was emptied. */
  async #look(one: Observer): Promise<void> {
    await one.look();
    for (const { hold, by } of this.acknowledged)
      if (by === one && this.redis.isUp && this.log.countOf(hold.id) === 0)
        expect(this.redis.tellsOf(hold.id)).toBe(true);
  }

  /** Whoever begins anew goes by what Redis tells of from the first decision on. */
  async #kill(one: Observer): Promise<void> {
    await one.kill();
    for (const { hold } of this.acknowledged)
      if (this.redis.tellsOf(hold.id) && this.log.countOf(hold.id) === 0) expect(holdIds(one)).toContain(hold.id);
  }

  #deliver(one: Observer, { what, back: steps }: Extract<Step, { do: 'deliver' }>): void {
    const delta = this.log.deltas.at(-1 - steps);
    const image = this.log.states.at(-1 - steps);
    if (what === 'change' && delta !== undefined) one.follow(delta);
    if (what === 'image' && image !== undefined) one.replace(image);
  }

  /** From nothing, by the log alone, up to some revision. */
  #rebuild(steps: number): void {
    const revision = Math.max(0, this.log.deltas.length - steps);
    const rebuilt = this.log.deltas.slice(0, revision).reduce(applyDelta, emptySnapshot());
    expect(rebuilt.digest).toBe(this.log.states[revision]?.digest);
  }
}

const holdIds = ({ snapshot }: Observer) => readHolds(snapshot).map(({ id }) => id);

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a router that heard of a rollback lets it go also when Redis was emptied just after the log got it', async () => {
  const history = new History();
  const { log, redis, replicas, follower } = history;
  await history.start();
  const rollback = { do: 'rollback', at: 0, from: 2, to: 1, only: null, death: null } as const;
  await history.run(rollback);
  await follower.look();
  log.isUp = true;
  vi.setSystemTime(Date.now() + 2_000);
  await replicas[0].look();
  redis.flush();
  const [{ hold } = { hold: undefined }] = history.acknowledged;
  log.lift(hold?.id ?? '');
  // Hold and lifting are in the image together: the log never brings this router the hold.
  follower.replace(log.states.at(-1) as Snapshot);
  expect(holdIds(follower)).toEqual([hold?.id]);
  await replicas[0].look();
  await follower.look();
  expect(holdIds(follower)).toEqual([]);
  await history.stop();
});

test('whatever goes down when, what was acknowledged stays in force and ends in the log once, and nobody goes back', {
  timeout: limit === undefined ? 120_000 : Number(limit) + 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      vi.setSystemTime(new Date('2026-11-21T00:00:00Z'));
      const history = new History();
      await history.start();
      for (const one of steps) {
        await history.run(one);
        history.expectSound();
      }
      await history.settle();
      history.expectSound();
      const { log, acknowledged, unanswered } = history;
      for (const { hold } of acknowledged) expect(log.countOf(hold.id)).toBe(1);
      for (const { id } of unanswered) expect(log.countOf(id)).toBeLessThanOrEqual(1);
      for (const { snapshot } of history.observers) expect(snapshot.digest).toBe(log.states.at(-1)?.digest);
      await history.stop();
    }),
    length,
  );
});
