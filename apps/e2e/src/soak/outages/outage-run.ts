import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '@grey/contracts';
import { seededRandom } from '@grey/testkit';
import { type CallProduct, callerFor } from '../../call-product.ts';
import { BeatingFleet } from './beating-fleet.ts';
import { type Answered, DecisionModel, type Outage, type Verdict } from './decision-model.ts';
import { type ApiPart, type Part, startApiPart, startPostgresPart, startRedisPart } from './parts.ts';
import { SteadyLoad } from './steady-load.ts';

const SERVICES = ['pay', 'user', 'order'];
const VERSIONS = ['1.0.0', '2.0.0'];
const TENANT_COUNT = 50;
const BETWEEN_KILLS_MS = 1_500;
const ALL_DOWN_MS = 2_500;
const SETTLE_MS = 3_000;

export interface OutageOptions {
  readonly seed: number;
  readonly perSecond: number;
  /** How many of the orders of killing are run, at most 24 of four parts and 6 of three. */
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
 * Kills an API replica, PostgreSQL and Redis in every order, hard and one after the other, and starts them again, while
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
    const env = {
      GREY_DATABASE_URL: postgres.url,
      GREY_REDIS_URL: redis.url,
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
    return await endure(apis, [apis[0]!, postgres, redis], options, startedAt);
  } finally {
    for (const part of parts.reverse()) await part.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endure(
  apis: readonly ApiPart[],
  victims: readonly Part[],
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
  for (const serviceId of SERVICES)
    for (const version of VERSIONS)
      for (const number of [1, 2])
        await fleet.add({ serviceId, version, instanceId: `${serviceId}-${version}-${number}` });
  await sleep(SETTLE_MS);

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

/** The whole log, oldest first. */
async function readLog(admin: CallProduct): Promise<Change[]> {
  const log: Change[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: ChangePage = await admin('GET', `/api/changes?limit=1000${query}`);
    log.push(...page.items);
    cursor = page.nextCursor;
  }
  return log.reverse();
}

interface ChangePage {
  readonly items: readonly Change[];
  readonly nextCursor: string | null;
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

async function makeKeys(admin: CallProduct): Promise<{ routeKey: string; registryKey: string }> {
  const make = async (scope: string) =>
    (await admin<{ key: string }>('POST', '/api/api-keys', { name: scope, scopes: [scope] })).key;
  return { routeKey: await make('route'), registryKey: await make('registry') };
}

/** @returns ids of the tenants, each with an assignment at each service */
async function makeWorld(admin: CallProduct): Promise<readonly string[]> {
  for (const id of SERVICES) {
    await admin('POST', '/api/services', { id });
    for (const version of VERSIONS) await admin('POST', `/api/services/${id}/versions`, { version });
  }
  const tenantIds = Array.from({ length: TENANT_COUNT }, (_, i) => `tenant-${i}`);
  for (const id of tenantIds) {
    await admin('POST', '/api/tenants', { id, name: id });
    for (const serviceId of SERVICES)
      await admin('PUT', `/api/tenants/${id}/services/${serviceId}`, { targetVersion: VERSIONS[0] });
  }
  return tenantIds;
}

/** Moves tenants to and fro, four times a second, at whichever replica answers. */
class Movers {
  acknowledged = 0;
  refused = 0;
  readonly #calls: readonly CallProduct[];
  readonly #tenantIds: readonly string[];
  readonly #random: () => number;
  #isEnding = false;
  #running: Promise<void> = Promise.resolve();

  constructor(urls: readonly string[], token: string, tenantIds: readonly string[], seed: number) {
    this.#calls = urls.map((url) => callerFor(url, token));
    this.#tenantIds = tenantIds;
    this.#random = seededRandom(seed);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      if (await this.#move()) this.acknowledged++;
      else this.refused++;
      await sleep(250);
    }
  }

  /** The next replica may reach what this one cannot; when none can, the change is refused. */
  async #move(): Promise<boolean> {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(this.#random() * items.length)]!;
    const path = `/api/tenants/${pick(this.#tenantIds)}/services/${pick(SERVICES)}`;
    const targetVersion = pick(VERSIONS);
    for (const call of this.#calls) {
      const isDone = await call('PUT', path, { targetVersion }).then(
        () => true,
        () => false,
      );
      if (isDone) return true;
    }
    return false;
  }
}

function permutationsOf<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutationsOf(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
