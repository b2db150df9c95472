import { setTimeout as sleep } from 'node:timers/promises';
import { type RouterList, routerListSchema } from '@grey/contracts';
import type { CallProduct } from '../call-product.ts';
import type { Figure } from './figure.ts';
import { printFigures } from './print-figures.ts';
import type { AppliedMessage } from './router-child.ts';
import { RouterFleet } from './router-fleet.ts';
import { startReplicas } from './start-replicas.ts';

/**
 * A change, from the call of the API until the last of 20 routers has applied it: two API processes, and 18 routers in six
 * processes. The time of application is taken at the router; of the API process that did not take the call, which has no
 * way to tell it, the lag that it reports counts, from the commit on. Once as it is, and once while 5 % of all reads of
 * the stream fail: then nothing may be missed.
 */
const CHANGE_COUNT = 300;
const BETWEEN_MS = 25;
const FAIL_SHARE = 0.05;
const TENANT_COUNT = 200;
const VERSIONS = ['1.0.0', '2.0.0'];

interface Sample {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly missed: number;
  readonly failedReads: number;
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
  const fleet = await RouterFleet.start(redisUrl, failShare, note);
  try {
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
    const { digests, failedReads } = await fleet.report();
    const wanted = routers.items.find(({ isOwn }) => isOwn)?.digest;
    took.sort((x, y) => x - y);
    return {
      p50Ms: took[Math.floor(took.length * 0.5)]!,
      p99Ms: took[Math.floor(took.length * 0.99)]!,
      missed: digests.filter((digest) => digest !== wanted).length,
      failedReads,
    };
  } finally {
    await fleet.stop();
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

const { call, redis, stop } = await startReplicas(2);
try {
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
  await stop();
}
