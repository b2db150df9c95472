import { once } from 'node:events';
import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import { GrowthBookClient } from '@growthbook/growthbook';
import { Unleash } from 'unleash-client';
import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import type { Figure } from './figure.ts';
import { type Contender, measureRates } from './measure-rates.ts';
import { printFigures } from './print-figures.ts';
import { makeWorld, serviceId, TENANT_COUNT, tenantId } from './world.ts';

/**
 * The same question to three engines: which of two versions does this tenant get, half and half by a stable hash of its
 * id? Each gets a fresh request object, and each answer is read. `decide` finds an instance besides.
 */
const SHARES = ['1.0.0', '2.0.0'] as const;
const PAYLOAD = { type: 'string', value: '' };
const SERVICE = serviceId(42);
const tenants = Array.from({ length: TENANT_COUNT }, (_, i) => tenantId(i));

function overTenants(ask: (tenant: string) => number): Contender {
  let at = 0;
  return (count) => {
    let read = 0;
    for (let i = 0; i < count; i++) {
      at = (at + 7919) % TENANT_COUNT;
      read += ask(tenants[at]!);
    }
    return read;
  };
}

function startEngine(): (tenant: string) => number {
  const world = makeWorld(1);
  const defaults = SHARES.map((version) => ({ version, weight: 5000 }));
  const services = [...world.services].map((service) => (service.id === SERVICE ? { ...service, defaults } : service));
  const assignments = [...world.assignments].filter((assignment) => assignment.serviceId !== SERVICE);
  const snapshot = buildSnapshot({ ...world, services, assignments });
  const env = createDecisionEnv();
  return (tenant) => {
    const decision = decide(snapshot, { tenantId: tenant, serviceName: SERVICE }, env);
    return decision.ok && decision.bucket !== null ? decision.version.length : Number.NaN;
  };
}

/** Given its flag at the start; the server that it then fails to reach is not there, and not missed. */
async function startUnleashClient(): Promise<{ ask: (tenant: string) => number; stop: () => void }> {
  const variant = (name: string) => ({
    name,
    weight: 500,
    weightType: 'variable',
    stickiness: 'userId',
    payload: PAYLOAD,
  });
  const parameters = { rollout: '100', stickiness: 'userId', groupId: SERVICE };
  const strategies = [{ name: 'flexibleRollout', parameters, constraints: [], variants: SHARES.map(variant) }];
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
  const ask = (tenant: string): number => {
    const answer = unleash.getVariant(SERVICE, { userId: tenant });
    return answer.enabled ? answer.name.length : Number.NaN;
  };
  return { ask, stop: () => unleash.destroy() };
}

function startGrowthBook(): (tenant: string) => number {
  const rule = {
    variations: [...SHARES],
    weights: [0.5, 0.5],
    hashAttribute: 'id',
    coverage: 1,
    hashVersion: 2,
    key: SERVICE,
  };
  const features = { [SERVICE]: { defaultValue: 'none', rules: [rule] } };
  const client = new GrowthBookClient().initSync({ payload: { features } });
  return (tenant) => {
    const version = client.getFeatureValue<string>(SERVICE, 'none', { attributes: { id: tenant } });
    return version === 'none' ? Number.NaN : version.length;
  };
}

const unleash = await startUnleashClient();
const { rate, ratio } = measureRates({
  decide: overTenants(startEngine()),
  unleash: overTenants(unleash.ask),
  growthbook: overTenants(startGrowthBook()),
});
unleash.stop();

const figures: Figure[] = [
  {
    name: 'decide against unleash-client getVariant',
    value: rate.decide!,
    unit: '/s',
    ratio: ratio('decide', 'unleash'),
    budget: { of: 'ratio', bound: 'at least', limit: 3 },
  },
  { name: 'unleash-client getVariant', value: rate.unleash!, unit: '/s', ratio: null, budget: null },
  {
    name: 'decide against GrowthBook getFeatureValue',
    value: rate.decide!,
    unit: '/s',
    ratio: ratio('decide', 'growthbook'),
    budget: { of: 'ratio', bound: 'at least', limit: 8 },
  },
  { name: 'GrowthBook getFeatureValue', value: rate.growthbook!, unit: '/s', ratio: null, budget: null },
];
printFigures(figures);
