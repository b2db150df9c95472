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
 * The same question to three engines: which version does this tenant get? Half of the tenants have one of their own, the
 * others are split half and half by a stable hash of their id. `decide` looks the tenant's version up, and finds an
 * instance besides; the flag engines are handed the tenant's group and match it with a rule. With the argument `split` it
 * leaves the tenant's own version out: only the split. Each request is a fresh object, each answer is read.
 */
type Ask = (tenant: string, group: string) => number;

const SHARES = ['1.0.0', '2.0.0'] as const;
const OWN = '1.1.0';
const PAYLOAD = { type: 'string', value: '' };
const SERVICE = serviceId(42);
const tenants = Array.from({ length: TENANT_COUNT }, (_, i) => tenantId(i));
const groups = tenants.map((_, i) => (i % 2 === 0 ? 'own' : 'rest'));

function overTenants(ask: Ask): Contender {
  let at = 0;
  return (count) => {
    let read = 0;
    for (let i = 0; i < count; i++) {
      at = (at + 7919) % TENANT_COUNT;
      read += ask(tenants[at]!, groups[at]!);
    }
    return read;
  };
}

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
async function startUnleashClient(hasOwn: boolean): Promise<{ ask: Ask; stop: () => void }> {
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
  const ask: Ask = (tenant, group) => {
    const answer = unleash.getVariant(SERVICE, { userId: tenant, properties: { group } });
    return answer.enabled ? answer.name.length : Number.NaN;
  };
  return { ask, stop: () => unleash.destroy() };
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

async function compare(hasOwn: boolean): Promise<Figure[]> {
  const unleash = await startUnleashClient(hasOwn);
  const { rate, ratio } = measureRates({
    decide: overTenants(startEngine(hasOwn)),
    unleash: overTenants(unleash.ask),
    growthbook: overTenants(startGrowthBook(hasOwn)),
  });
  unleash.stop();
  const figure = (name: string, rival: string, least: number): Figure => ({
    name: `decide against ${name}${hasOwn ? '' : ', split only'}`,
    value: rate.decide!,
    unit: '/s',
    ratio: ratio('decide', rival),
    budget: hasOwn ? { of: 'ratio', bound: 'at least', limit: least } : null,
  });
  return [figure('unleash-client', 'unleash', 3), figure('GrowthBook', 'growthbook', 8)];
}

// Each question in a process of its own: what one has taught the optimiser about the engines is no help to the other.
printFigures(await compare(process.argv[2] !== 'split'));
