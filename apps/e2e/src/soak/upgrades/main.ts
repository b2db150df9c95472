import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '@grey/testkit';
import { startReplicas } from '../../bench/start-replicas.ts';
import { CutFleet } from './cut-fleet.ts';
import { DecisionWatch } from './decision-watch.ts';
import { TenantsDatabase } from './tenants-database.ts';
import { UpgradesRun } from './upgrades-run.ts';

/**
 * `pnpm soak -- upgrades`: 200 tenants are upgraded by two replicas that are killed (SIGKILL) again and again, while three
 * routers that follow Redis are cut off, killed and begun anew. Two of three tenants are routed and move with their schema, of
 * the third the schema alone is upgraded. Every fourth has a set that fails, every seventh is aborted before contract. All the
 * time nobody may be routed to a version which its database cannot serve. In the end each catalogue must be the old or the new
 * one, as its upgrade says, the route must fit it, and no change of rows may have been made twice.
 */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    tenants: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    minutes: { type: 'string', default: '30' },
  },
});
const [count, seed, minutes] = [values.tenants, values.seed, values.minutes].map(Number) as [number, number, number];
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(seed) && minutes > 0)) {
  process.stderr.write('usage: pnpm soak -- upgrades [--tenants N --seed N --minutes N]\n');
  process.exit(2);
}
const LEASE_MS = 2_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`soak upgrades: ${count} tenants, two replicas, three routers, seed ${seed}`);
const random = seededRandom(seed);
const startedAt = performance.now();
const product = await startReplicas(2, {
  GREY_MASTER_KEY: `soak:${'03'.repeat(32)}`,
  GREY_DATA_SOURCE_ALLOW: '127.0.0.1',
  GREY_ROUTER_LEASE_MS: String(LEASE_MS),
});
const down = new Set<number>();
let isOver = false;
let kills = 0;

async function killOn(): Promise<void> {
  while (!isOver) {
    await sleep(2_000 + 6_000 * random());
    const at = random() < 0.5 ? 0 : 1;
    if (isOver) return;
    down.add(at);
    await product.apis[at]?.kill();
    kills += 1;
    await product.apis[at]?.restart();
    down.delete(at);
  }
}

const faults: string[] = [];
const database = await TenantsDatabase.make(product.postgres.url);
const run = new UpgradesRun({ product, down, database, count, say });
let cuts = 0;
try {
  const instances = await run.setUp();
  const urls = product.apis.map(({ url }) => url);
  const watch = new DecisionWatch({ tenants: run.watched, database, urls, token: product.token, random });
  const routers = new CutFleet({ redisUrl: product.redis.url, leaseMs: LEASE_MS, instances, watch, random });
  await routers.start();
  watch.start();
  await run.start();
  const killing = killOn();
  const ended = await run.goThrough(Date.now() + minutes * 60_000, routers.dead);
  isOver = true;
  await killing;
  await routers.stop();
  await watch.stop();
  cuts = routers.cuts;
  faults.push(...run.faults, ...watch.faults, ...(await run.judge(ended)));
  const { byReplicas, bySdks, byCutSdks, uncertain, refused, unanswered } = watch.tally;
  say(
    `decisions: ${byReplicas} by replicas, ${bySdks} by routers in contact, ${byCutSdks} by some that were cut off; ` +
      `${uncertain} uncertain, ${refused} refused otherwise, ${unanswered} without an answer`,
  );
  if (kills === 0 || byReplicas === 0 || bySdks === 0 || byCutSdks === 0) faults.push('nothing was put to the test');
} finally {
  isOver = true;
  run.stop();
  await database.end().catch(() => undefined);
  await product.stop();
}
for (const fault of faults.slice(0, 20)) say(fault);
const verdict = faults.length === 0 ? 'held' : 'FAILED';
const took = ((performance.now() - startedAt) / 60_000).toFixed(1);
say(`soak upgrades: ${verdict}, ${kills} kills, ${cuts} cuts, ${took} min, seed ${seed}`);
process.exit(faults.length === 0 ? 0 : 1);
