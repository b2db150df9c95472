import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type RouterList, routerListSchema } from '@grey/contracts';
import { pickFreePort, startPostgres, startRedis } from '@grey/testkit';
import { type CallProduct, callerFor } from '../call-product.ts';
import { endProcess, launchApi } from '../launch-api.ts';
import type { Figure } from './figure.ts';
import { printFigures } from './print-figures.ts';
import type { AppliedMessage, DigestsMessage } from './router-child.ts';

/**
 * A change, from the call of the API until the last of 20 routers has applied it: two API processes, and 18 routers in six
 * processes. The time of application is taken at the router; of the API process that did not take the call, which has no
 * way to tell it, the lag that it reports counts, from the commit on. Once as it is, and once while 5 % of all reads of
 * the stream fail: then nothing may be missed.
 */
const CHILD_COUNT = 6;
const ROUTERS_PER_CHILD = 3;
const CHANGE_COUNT = 300;
const BETWEEN_MS = 25;
const ROUTER_COUNT = CHILD_COUNT * ROUTERS_PER_CHILD;
const FAIL_SHARE = 0.05;
const TENANT_COUNT = 200;
const VERSIONS = ['1.0.0', '2.0.0'];

interface Sample {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly missed: number;
  readonly failedReads: number;
}

class RouterProcess {
  readonly child: ChildProcess;
  readonly #onApplied: (message: AppliedMessage) => void;

  constructor(url: string, prefix: string, failShare: number, onApplied: (message: AppliedMessage) => void) {
    this.#onApplied = onApplied;
    const script = fileURLToPath(new URL('router-child.ts', import.meta.url));
    this.child = fork(script, [url, prefix, String(ROUTERS_PER_CHILD), String(failShare), '7']);
    this.child.on('message', (message: AppliedMessage | { type: 'ready' }) => {
      if (message.type === 'applied') this.#onApplied(message);
    });
  }

  async ready(): Promise<void> {
    await this.#next('ready');
  }

  async digests(): Promise<DigestsMessage> {
    const answer = this.#next<DigestsMessage>('digests');
    this.child.send('digests');
    return answer;
  }

  async #next<T extends { type: string }>(type: T['type']): Promise<T> {
    for (;;) {
      const [message] = (await once(this.child, 'message')) as [T];
      if (message.type === type) return message;
    }
  }
}

/** Moves one tenant after the other, each time to the version it does not have, and sees each change through to the end. */
async function measure(
  call: CallProduct,
  redisUrl: string,
  versions: Map<string, string>,
  failShare: number,
): Promise<Sample> {
  const lastAppliedAt = new Map<number, number>();
  const note = ({ revision, at }: AppliedMessage) => {
    lastAppliedAt.set(revision, Math.max(lastAppliedAt.get(revision) ?? 0, at));
  };
  const children = Array.from({ length: CHILD_COUNT }, (_, i) => new RouterProcess(redisUrl, `r${i}`, failShare, note));
  try {
    await Promise.all(children.map((child) => child.ready()));
    const took: number[] = [];
    let routers = await listRouters(call);
    for (let i = 0; i < CHANGE_COUNT; i++) {
      const tenantId = `t${i % TENANT_COUNT}`;
      const targetVersion = VERSIONS.find((version) => version !== versions.get(tenantId))!;
      versions.set(tenantId, targetVersion);
      const startedAt = performance.timeOrigin + performance.now();
      await call('PUT', `/api/tenants/${tenantId}/services/pay?wait=converged&waitMs=20000`, { targetVersion });
      routers = await listRouters(call);
      const revision = routers.position?.revision ?? 0;
      const otherApi = routers.items.find(({ kind, isOwn }) => kind === 'api' && !isOwn);
      const lastAt = lastAppliedAt.get(revision) ?? Number.POSITIVE_INFINITY;
      took.push(Math.max(lastAt - startedAt, otherApi?.lagMs ?? 0));
      await sleep(BETWEEN_MS);
    }
    const told = await Promise.all(children.map((child) => child.digests()));
    const digests = told.flatMap((one) => one.digests);
    if (digests.length !== ROUTER_COUNT) throw new Error('a router is missing');
    const wanted = routers.items.find(({ isOwn }) => isOwn)?.digest;
    took.sort((x, y) => x - y);
    return {
      p50Ms: took[Math.floor(took.length * 0.5)]!,
      p99Ms: took[Math.floor(took.length * 0.99)]!,
      missed: digests.filter((digest) => digest !== wanted).length,
      failedReads: told.reduce((sum, one) => sum + one.failedReads, 0),
    };
  } finally {
    await Promise.all(children.map(({ child }) => endProcess(child, 'SIGKILL')));
  }
}

async function listRouters(call: CallProduct): Promise<RouterList> {
  return routerListSchema.parse(await call('GET', '/api/routers'));
}

async function makeWorld(call: CallProduct): Promise<Map<string, string>> {
  await call('POST', '/api/services', { id: 'pay' });
  for (const version of VERSIONS) await call('POST', '/api/services/pay/versions', { version });
  const versions = new Map<string, string>();
  for (let i = 0; i < TENANT_COUNT; i++) {
    await call('POST', '/api/tenants', { id: `t${i}`, name: `t${i}` });
    versions.set(`t${i}`, '');
  }
  return versions;
}

const folder = mkdtempSync(path.join(tmpdir(), 'grey-bench-'));
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres') });
const redis = await startRedis();
const apis: ChildProcess[] = [];
try {
  await postgres.ensureDatabase('grey');
  const urls: string[] = [];
  for (const name of ['api-1', 'api-2']) {
    const port = await pickFreePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...process.env,
      GREY_DATABASE_URL: postgres.url('grey'),
      GREY_REDIS_URL: redis.url,
      GREY_PORT: String(port),
      GREY_DATA_DIR: path.join(folder, name),
      GREY_JWT_SECRET: 'only-for-the-bench-000000000000000000000000',
      GREY_PLAN_SECRET: 'only-for-the-bench-111111111111111111111111',
      GREY_DEMO: '1',
      GREY_LOG_LEVEL: 'error',
      NODE_ENV: 'production',
    };
    apis.push(await launchApi(env, url));
    urls.push(url);
  }
  const password = readFileSync(path.join(folder, 'api-1/admin-password'), 'utf8').trim();
  const login = { username: 'admin', password };
  const { accessToken } = await callerFor(urls[0]!)<{ accessToken: string }>('POST', '/api/auth/login', login);
  const call = callerFor(urls[0]!, accessToken);
  const versions = await makeWorld(call);
  const sound = await measure(call, redis.url, versions, 0);
  const faulty = await measure(call, redis.url, versions, FAIL_SHARE);
  const figures: Figure[] = [
    {
      name: 'change → last of 20 routers, p99',
      value: sound.p99Ms,
      unit: 'ms',
      ratio: null,
      budget: { of: 'value', bound: 'at most', limit: 100 },
    },
    { name: 'change → last of 20 routers, p50', value: sound.p50Ms, unit: 'ms', ratio: null, budget: null },
    {
      name: `routers that missed a change, ${faulty.failedReads} of their reads failed`,
      value: sound.missed + faulty.missed,
      unit: '',
      ratio: null,
      budget: { of: 'value', bound: 'at most', limit: 0 },
    },
    { name: 'the same p99 with 5 % of reads failing', value: faulty.p99Ms, unit: 'ms', ratio: null, budget: null },
  ];
  printFigures(figures);
} finally {
  for (const api of apis) await endProcess(api);
  await redis.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
