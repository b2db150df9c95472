import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '@grey/contracts';
import { callerFor } from '../../call-product.ts';
import { BeatingFleet } from './beating-fleet.ts';
import { type Answered, DecisionModel, type Outage, type Verdict } from './decision-model.ts';
import { Movers } from './movers.ts';
import { NacosFleet } from './nacos-fleet.ts';
import { type ApiPart, type Part, startApiPart, startNacosPart, startPostgresPart, startRedisPart } from './parts.ts';
import { readLog } from './read-log.ts';
import { SteadyLoad } from './steady-load.ts';
import { makeKeys, makeWorld, OF_NACOS, SERVICES, untilRouted, VERSIONS } from './test-world.ts';

const BETWEEN_KILLS_MS = 1_500;
const ALL_DOWN_MS = 2_500;
const SETTLE_MS = 3_000;

export interface OutageOptions {
  readonly seed: number;
  readonly perSecond: number;
  /** How many of the 24 orders of killing are run. */
  readonly orderCount: number;
  readonly say: (line: string) => void;
}

export interface OutageReport {
  readonly asked: number;
  readonly failed: number;
  readonly failedOver: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly firstFaults: readonly string[];
  readonly orders: number;
  readonly changes: number;
  readonly refusedChanges: number;
  readonly seconds: number;
}

/**
 * Kills an API replica, PostgreSQL, Redis and Nacos in every order, hard and one after the other, and starts them again, while
 * decisions are asked for at a steady rate and tenants are moved. One replica more starts with all of them down, with only
 * its own disk. @throws Error when the product does not come up
 */
export async function runOutages(options: OutageOptions): Promise<OutageReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-outages-'));
  const parts: Part[] = [];
  const startedAt = performance.now();
  try {
    const postgres = await startPostgresPart(folder);
    parts.push(postgres);
    const redis = await startRedisPart();
    parts.push(redis);
    const nacos = await startNacosPart();
    parts.push(nacos);
    const env = {
      GREY_DATABASE_URL: postgres.url,
      GREY_REDIS_URL: redis.url,
      GREY_NACOS_URL: nacos.url,
      GREY_JWT_SECRET: 'only-for-the-outage-soak-00000000000000000',
      GREY_PLAN_SECRET: 'only-for-the-outage-soak-11111111111111111',
      GREY_DEMO: '1',
      NODE_ENV: 'production',
    };
    const apis: ApiPart[] = [];
    for (const name of ['api-1', 'api-2', 'api-3']) {
      const api = await startApiPart(name, folder, env);
      apis.push(api);
      parts.push(api);
    }
    return await endure(apis, [apis[0]!, postgres, redis, nacos], nacos.url, options, startedAt);
  } finally {
    for (const part of parts.reverse()) await part.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endure(
  apis: readonly ApiPart[],
  victims: readonly Part[],
  nacosUrl: string,
  options: OutageOptions,
  startedAt: number,
): Promise<OutageReport> {
  const urls = apis.map((api) => api.url);
  const password = readFileSync(path.join(apis[0]!.dataDir, 'admin-password'), 'utf8').trim();
  const login = { username: 'admin', password };
  const { accessToken } = await callerFor(urls[0]!)<{ accessToken: string }>('POST', '/api/auth/login', login);
  const admin = callerFor(urls[0]!, accessToken);
  const { routeKey, registryKey } = await makeKeys(admin);
  const tenantIds = await makeWorld(admin);
  const fleet = new BeatingFleet(urls, registryKey);
  const nacosFleet = new NacosFleet(nacosUrl);
  for (const version of VERSIONS)
    for (const number of [1, 2]) {
      for (const serviceId of SERVICES.filter((id) => id !== OF_NACOS)) {
        await fleet.add({ serviceId, version, instanceId: `${serviceId}-${version}-${number}` });
      }
      await nacosFleet.add({ serviceName: OF_NACOS, version });
    }
  await untilRouted(urls, routeKey, tenantIds[0]!);

  const load = new SteadyLoad({
    urls,
    routeKey,
    tenantIds,
    serviceIds: SERVICES,
    perSecond: options.perSecond,
  });
  const movers = new Movers(urls, accessToken, tenantIds, options.seed);
  const orders = permutationsOf(victims).slice(0, options.orderCount);
  const outages: Outage[] = [];
  try {
    load.start();
    movers.start();
    for (const [index, order] of orders.entries()) {
      options.say(`order ${index + 1} of ${orders.length}: ${order.map((part) => part.name).join(', ')}`);
      outages.push(await killAndRestart(order, index % 2 === 1, options.say));
    }
    await sleep(SETTLE_MS);
  } finally {
    await movers.stop();
    await load.stop();
    fleet.stop();
    nacosFleet.stop();
  }
  const { asked, failed, failedOver, firstFaults, answers } = load.totals;
  const judged = judgeAll(answers, await readLog(admin), outages);
  return {
    asked,
    failed,
    failedOver,
    verdicts: judged.verdicts,
    firstFaults: [...firstFaults, ...judged.firstFaults],
    orders: orders.length,
    changes: movers.acknowledged,
    refusedChanges: movers.refused,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/**
 * @param isApiFirst the replica comes back while everything else is still down, with only its disk
 * @returns while the log could not be read
 */
async function killAndRestart(
  order: readonly Part[],
  isApiFirst: boolean,
  say: (line: string) => void,
): Promise<Outage> {
  const outage = { from: 0, to: 0 };
  for (const part of order) {
    say(`kill ${part.name}`);
    if (part.name === 'postgres') outage.from = Date.now();
    await part.kill();
    await sleep(BETWEEN_KILLS_MS);
  }
  await sleep(ALL_DOWN_MS);
  const isApi = (part: Part) => part.name.startsWith('api');
  const back = isApiFirst ? [...order.filter(isApi), ...order.filter((part) => !isApi(part))] : order;
  for (const part of back) {
    say(`restart ${part.name}`);
    await part.restart();
    if (part.name === 'postgres') outage.to = Date.now();
    await sleep(BETWEEN_KILLS_MS);
  }
  await sleep(SETTLE_MS);
  return outage;
}

function judgeAll(answers: readonly Answered[], log: readonly Change[], outages: readonly Outage[]) {
  const model = new DecisionModel(log, outages);
  const verdicts: Record<Verdict, number> = { right: 0, stale: 0, wrong: 0, unknown_position: 0 };
  const firstFaults: string[] = [];
  for (const answer of answers) {
    const verdict = model.judge(answer);
    verdicts[verdict]++;
    if (verdict !== 'right' && firstFaults.length < 10) firstFaults.push(`${verdict}: ${JSON.stringify(answer)}`);
  }
  return { verdicts, firstFaults };
}

function permutationsOf<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutationsOf(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
