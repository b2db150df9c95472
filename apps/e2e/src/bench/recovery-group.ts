import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { redisKeys } from '@grey/contracts';
import { PublicationService, type PublicationSource, parseRedisUrl, RedisLink, SnapshotFile } from '@grey/propagation';
import { buildSnapshot, type Snapshot } from '@grey/route-core';
import { startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { type Figure, median } from './figure.ts';
import { printFigures } from './print-figures.ts';
import { makeWorld } from './world.ts';

/**
 * What it takes to come back: an emptied Redis is rebuilt (10 000 tenants × 20 services, two replicas that notice it at the
 * same time, one rebuild), and a router that starts with nothing loads a million assignments from Redis or from its file.
 */
const run = promisify(execFile);
const ROUNDS = 5;
const logger = { info: () => {}, warn: () => {}, error: () => {} };

function sourceOf(tenantCount: number, serviceCount: number): { snapshot: Snapshot; source: PublicationSource } {
  const world = makeWorld(1, tenantCount, serviceCount);
  const records = { ...world, instances: [], assignments: [...world.assignments] };
  const snapshot = buildSnapshot(records);
  const tenants = [...world.tenants].map(({ id }) => {
    return { id, name: id, status: 'active' as const, tier: null, region: 'eu', tags: [], metadata: {} };
  });
  const source: PublicationSource = {
    currentPosition: async () => snapshot.position,
    loadChanges: async () => [],
    loadAll: async () => ({ snapshot, tenants }),
  };
  return { snapshot, source };
}

class Publisher {
  readonly #link: RedisLink;
  readonly #service: PublicationService;

  constructor(url: string, source: PublicationSource) {
    this.#link = new RedisLink(parseRedisUrl(url));
    this.#service = new PublicationService({ link: this.#link, source, logger, tickMs: 100 });
  }

  async start(): Promise<void> {
    await this.#link.open();
    this.#service.start();
  }

  get rebuildCount(): number {
    return this.#service.status.rebuildCount;
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    await this.#link.close();
  }
}

async function untilWhole(client: Redis, revision: number): Promise<void> {
  while ((await client.hget(redisKeys.position, 'projected')) !== String(revision)) await sleep(5);
}

/** Seconds of each rebuild, and how many rebuilds there were for so many times that Redis was emptied. */
async function measureRebuilds(url: string, client: Redis): Promise<{ seconds: number[]; rebuilds: number }> {
  const { snapshot, source } = sourceOf(10_000, 20);
  const publishers = [new Publisher(url, source), new Publisher(url, source)];
  try {
    await Promise.all(publishers.map((publisher) => publisher.start()));
    await untilWhole(client, snapshot.position.revision);
    const before = await settledCount(publishers);
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await client.flushall();
      const startedAt = performance.now();
      await untilWhole(client, snapshot.position.revision);
      seconds.push((performance.now() - startedAt) / 1000);
    }
    return { seconds, rebuilds: (await settledCount(publishers)) - before };
  } finally {
    for (const publisher of publishers) await publisher.stop();
  }
}

/** A rebuild is counted a moment after its last write. */
async function settledCount(publishers: readonly Publisher[]): Promise<number> {
  await sleep(1_000);
  return publishers.reduce((sum, one) => sum + one.rebuildCount, 0);
}

async function measureColdStarts(from: 'redis' | 'file', place: string, digest: string): Promise<number> {
  const script = fileURLToPath(new URL('cold-start-child.ts', import.meta.url));
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { stdout } = await run(process.execPath, [script, from, place]);
    const told = JSON.parse(stdout) as { milliseconds: number; digest: string };
    if (told.digest !== digest) throw new Error(`what was loaded from ${from} is another configuration`);
    seconds.push(told.milliseconds / 1000);
  }
  return median(seconds);
}

const folder = mkdtempSync(path.join(tmpdir(), 'grey-bench-'));
const redis = await startRedis();
const client = new Redis(redis.url);
try {
  const { seconds, rebuilds } = await measureRebuilds(redis.url, client);
  await client.flushall();
  const { snapshot, source } = sourceOf(10_000, 100);
  const publisher = new Publisher(redis.url, source);
  await publisher.start();
  await untilWhole(client, snapshot.position.revision);
  while ((await client.exists(redisKeys.image)) === 0) await sleep(10);
  const file = path.join(folder, 'snapshot');
  await new SnapshotFile(file).save(snapshot);
  const fromRedis = await measureColdStarts('redis', redis.url, snapshot.digest);
  const fromFile = await measureColdStarts('file', file, snapshot.digest);
  await publisher.stop();
  const atMost = (limit: number) => ({ of: 'value', bound: 'at most', limit }) as const;
  const figures: Figure[] = [
    {
      name: 'rebuild of an emptied Redis, 10 000 × 20',
      value: median(seconds),
      unit: 's',
      ratio: null,
      budget: atMost(5),
    },
    {
      name: `rebuilds by two replicas for ${ROUNDS} flushes`,
      value: rebuilds,
      unit: '',
      ratio: null,
      budget: atMost(ROUNDS),
    },
    {
      name: 'cold start of 1 million from Redis',
      value: fromRedis,
      unit: 's',
      ratio: null,
      budget: atMost(3),
    },
    { name: 'cold start of 1 million from file', value: fromFile, unit: 's', ratio: null, budget: atMost(1) },
  ];
  printFigures(figures);
} finally {
  client.disconnect();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
}
