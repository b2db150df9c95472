import { once } from 'node:events';
import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import { GrowthBookClient } from '@growthbook/growthbook';
import { Unleash } from 'unleash-client';
import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import { makeWorld, serviceId, TENANT_COUNT, tenantId } from './world.ts';

/**
 * One engine, alone in its process, that says which version a tenant gets. Each message is the number of milliseconds to
 * go on asking; the answer is the rate per second. Each request is a fresh object, each answer is read.
 */
type Ask = (tenant: string, group: string) => number;

const BATCH = 10_000;
const SHARES = ['1.0.0', '2.0.0'] as const;
const OWN = '1.1.0';
const PAYLOAD = { type: 'string', value: '' };
const SERVICE = serviceId(42);
const tenants = Array.from({ length: TENANT_COUNT }, (_, i) => tenantId(i));
const groups = tenants.map((_, i) => (i % 2 === 0 ? 'own' : 'rest'));

function startEngine(hasOwn: boolean): Ask {
  const world = makeWorld(2);
  const defaults = SHARES.map((version) => ({ version, weight: 5000 }));
  const services = [...world.services].map((service) => (service.id === SERVICE ? { ...service, defaults } : service));
  const assignments = [...world.assignments].filter((assignment) => hasOwn || assignment.serviceId !== SERVICE);
  const snapshot = buildSnapshot({ ...world, services, assignments });
  const env = createDecisionEnv();
  return (tenant) => {
    const decision = decide(snapshot, { tenantId: tenant, serviceName: SERVICE }, env);
    return decision.ok ? decision.version.length : Number.NaN;
  };
}

/** Given its flag at the start; the server that it then fails to reach is not there, and not missed. */
async function startUnleashClient(hasOwn: boolean): Promise<Ask> {
  const variant = (name: string, _i: number, all: readonly string[]) => ({
    name,
    weight: 1000 / all.length,
    weightType: 'variable',
    stickiness: 'userId',
    payload: PAYLOAD,
  });
  const parameters = { rollout: '100', stickiness: 'userId', groupId: SERVICE };
  const strategy = (versions: readonly string[], constraints: object[]) => {
    return { name: 'flexibleRollout', parameters, constraints, variants: versions.map(variant) };
  };
  const isOwn = { contextName: 'group', operator: 'IN', values: ['own'], inverted: false, caseInsensitive: false };
  const strategies = [...(hasOwn ? [strategy([OWN], [isOwn])] : []), strategy(SHARES, [])];
  const flag = { name: SERVICE, type: 'release', enabled: true, stale: false, impressionData: false, project: 'bench' };
  const unleash = new Unleash({
    url: 'http://127.0.0.1:9/api/',
    appName: 'bench',
    disableMetrics: true,
    refreshInterval: 0,
    skipInstanceCountWarning: true,
    storageProvider: { get: async () => undefined, set: async () => {} },
    bootstrap: { data: [{ ...flag, strategies, variants: [] }] as unknown as FeatureInterface[] },
  });
  unleash.on('error', () => {});
  await once(unleash, 'ready');
  return (tenant, group) => {
    const answer = unleash.getVariant(SERVICE, { userId: tenant, properties: { group } });
    return answer.enabled ? answer.name.length : Number.NaN;
  };
}

function startGrowthBook(hasOwn: boolean): Ask {
  const split = {
    variations: [...SHARES],
    weights: [0.5, 0.5],
    hashAttribute: 'id',
    coverage: 1,
    hashVersion: 2,
    key: SERVICE,
  };
  const own = { condition: { group: 'own' }, force: OWN };
  const features = { [SERVICE]: { defaultValue: 'none', rules: hasOwn ? [own, split] : [split] } };
  const client = new GrowthBookClient().initSync({ payload: { features } });
  return (tenant, group) => {
    const version = client.getFeatureValue<string>(SERVICE, 'none', { attributes: { id: tenant, group } });
    return version === 'none' ? Number.NaN : version.length;
  };
}

const [name, question] = process.argv.slice(2);
const hasOwn = question !== 'split';
const engines: Record<string, () => Ask | Promise<Ask>> = {
  decide: () => startEngine(hasOwn),
  unleash: () => startUnleashClient(hasOwn),
  growthbook: () => startGrowthBook(hasOwn),
};
const ask = await engines[name ?? '']!();
let at = 0;

/** Asks about `count` tenants in no order that a cache would like. */
function askMany(count: number): number {
  let read = 0;
  for (let i = 0; i < count; i++) {
    at = (at + 7919) % TENANT_COUNT;
    read += ask(tenants[at]!, groups[at]!);
  }
  return read;
}

process.on('message', (milliseconds: number) => {
  const startedAt = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    if (!(askMany(BATCH) > 0)) throw new Error(`${name} gave no versions`);
    count += BATCH;
    elapsed = performance.now() - startedAt;
  }
  process.send?.((count / elapsed) * 1000);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
