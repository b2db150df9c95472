import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { redisKeys } from '@grey/contracts';
import { seededRandom, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { SharedLog, VERSIONS } from './shared-log.ts';

/**
 * `pnpm soak -- stopped-writer`: Redis is emptied, and one of two replicas that rebuild it is stopped (SIGSTOP) somewhere in
 * the middle for longer than its lock lives, while the log goes on. When it continues it must write nothing that is out of date.
 */
const LOCK_MS = 300;
const TENANT_COUNT = 400;
const SERVICE_COUNT = 5;
const MOVES = 20;
/** How long it is watched that what is right stays right. */
const WATCH_MS = 150;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const rounds = Number(values.rounds);
const random = seededRandom(Number(values.seed));
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

async function startWriter(redisUrl: string, logUrl: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('writer-child.ts', import.meta.url)), [redisUrl, logUrl, String(LOCK_MS)]);
  await once(child, 'message');
  return child;
}

/** The first thing in Redis that is not as the log says, or undefined. */
async function findFault(client: Redis, log: SharedLog): Promise<string | undefined> {
  const { revision } = log.state.position;
  const position = await client.hgetall(redisKeys.position);
  if (position.revision !== String(revision) || position.projected !== String(revision)) {
    return `position ${JSON.stringify(position)} instead of ${revision}`;
  }
  const wanted = [...log.projection];
  const pipeline = client.pipeline();
  for (const [tenantId] of wanted) pipeline.hgetall(redisKeys.tenantServices(tenantId));
  const found = (await pipeline.exec()) ?? [];
  for (const [index, [tenantId, services]] of wanted.entries()) {
    const told = found[index]?.[1] as Record<string, string>;
    const sorted = (one: Record<string, string>) => JSON.stringify(Object.entries(one).sort());
    if (sorted(told) !== sorted(services))
      return `${tenantId}: ${JSON.stringify(told)} instead of ${JSON.stringify(services)}`;
  }
  return undefined;
}

async function untilRight(client: Redis, log: SharedLog): Promise<string | undefined> {
  const until = Date.now() + 20_000;
  for (;;) {
    const fault = await findFault(client, log);
    if (fault === undefined || Date.now() > until) return fault;
    await sleep(20);
  }
}

async function runRound(client: Redis, log: SharedLog, writers: readonly ChildProcess[]): Promise<string | undefined> {
  await client.flushall();
  await sleep(random() * 120);
  const victim = pick(writers);
  victim.kill('SIGSTOP');
  const token = await client.get(redisKeys.rebuildLock);
  for (let i = 0; i < MOVES; i++) {
    log.move(`t${Math.floor(random() * TENANT_COUNT)}`, `s${Math.floor(random() * SERVICE_COUNT)}`, pick(VERSIONS));
  }
  // Who is alive and rebuilds is done by then, or holds a lock that it has prolonged or taken itself.
  await sleep(LOCK_MS / 3);
  if (token !== null && (await client.get(redisKeys.rebuildLock)) === token) stoppedInRebuild++;
  await sleep(LOCK_MS * 2);
  const meanwhile = await untilRight(client, log);
  victim.kill('SIGCONT');
  if (meanwhile !== undefined) return `the other replica did not take over: ${meanwhile}`;
  await sleep(WATCH_MS);
  const after = await findFault(client, log);
  return after === undefined ? undefined : `written by the one that was stopped: ${after}`;
}

process.stdout.write(`soak stopped-writer: ${rounds} rounds, seed ${values.seed}\n`);
const startedAt = performance.now();
const log = new SharedLog(TENANT_COUNT, SERVICE_COUNT);
const redis = await startRedis();
const client = new Redis(redis.url);
const writers: ChildProcess[] = [];
const faults: string[] = [];
let stoppedInRebuild = 0;
try {
  const logUrl = await log.listen();
  for (let i = 0; i < 2; i++) writers.push(await startWriter(redis.url, logUrl));
  for (let round = 1; round <= rounds; round++) {
    const fault = await runRound(client, log, writers);
    if (fault !== undefined) faults.push(`round ${round}: ${fault}`);
  }
} finally {
  for (const writer of writers) writer.kill('SIGKILL');
  client.disconnect();
  await redis.stop();
  log.close();
}
for (const fault of faults.slice(0, 10)) process.stdout.write(`${fault}\n`);
const seconds = Math.round((performance.now() - startedAt) / 1000);
const verdict = faults.length === 0 ? 'held' : `FAILED in ${faults.length} rounds`;
process.stdout.write(
  `soak stopped-writer: ${verdict} after ${seconds} s, ${rounds} rounds (${stoppedInRebuild} stopped in the middle of a rebuild), seed ${values.seed}\n`,
);
process.exit(faults.length === 0 ? 0 : 1);
