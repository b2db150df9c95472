import { once } from 'node:events';
import { buildSnapshot, createDecisionEnv, decide, type RuleRecord } from '@grey/route-core';
import { GrowthBookClient } from '@growthbook/growthbook';
import { Unleash } from 'unleash-client';
import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import { makeWorld, serviceId, TENANT_COUNT, tenantId } from './world.ts';

/**
 * One engine, alone in its process, that says which version a tenant gets. Each message is the number of milliseconds to
 * go on asking; the answer is the rate per second. Each request is a fresh object, each answer is read.
 */
type Ask = (tenant: string, group: string) => number;

type Question = 'own' | 'rules' | 'split';

const BATCH = 10_000;
const RULES = 20;
const SHARES = ['1.0.0', '2.0.0'] as const;
const OWN = '1.1.0';
const PAYLOAD = { type: 'string', value: '' };
const SERVICE = serviceId(42);
const tenants = Array.from({ length: TENANT_COUNT }, (_, i) => tenantId(i));
const groups = tenants.map((_, i) => (i % 2 === 0 ? 'own' : 'rest'));

/** In the order in which they are asked; only the tenth is ever met. */
function listRuleGroups(question: Question): readonly string[] {
  if (question === 'split') return [];
  if (question === 'own') return ['own'];
  return Array.from({ length: RULES }, (_, i) => (i === 9 ? 'own' : `cohort-${i}`));
}

function startEngine(question: Question): Ask {
  const world = makeWorld(2);
  const defaults = SHARES.map((version) => ({ version, weight: 5000 }));
  const rules = listRuleGroups(question).map((group): RuleRecord => {
    const when = { op: 'equals', operand: { from: 'attribute', name: 'group' }, value: group } as const;
    return { id: group, name: group, priority: 0, isEnabled: true, when, target: { kind: 'version', version: OWN } };
  });
  // A tenant's own version is looked up here; the flag engines need a rule for it.
  const ruleSet = { number: 1, normalizePath: false, rules: question === 'rules' ? rules : [] };
  const services = [...world.services].map((service) =>
    service.id === SERVICE ? { ...service, defaults, ruleSet } : service,
  );
  const assignments = [...world.assignments].filter((one) => question === 'own' || one.serviceId !== SERVICE);
  const snapshot = buildSnapshot({ ...world, services, assignments });
  const env = createDecisionEnv();
  return (tenant, group) => {
    const request =
      question === 'rules'
        ? { tenantId: tenant, serviceName: SERVICE, metadata: { userId: tenant, attributes: { group } } }
        : { tenantId: tenant, serviceName: SERVICE };
    const decision = decide(snapshot, request, env);
    return decision.ok ? decision.version.length : Number.NaN;
  };
}

/** Given its flag at the start; the server that it then fails to reach is not there, and not missed. */
async function startUnleashClient(question: Question): Promise<Ask> {
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
  const isIn = (group: string) => {
    return { contextName: 'group', operator: 'IN', values: [group], inverted: false, caseInsensitive: false };
  };
  const strategies = [...listRuleGroups(question).map((group) => strategy([OWN], [isIn(group)])), strategy(SHARES, [])];
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

function startGrowthBook(question: Question): Ask {
  const split = {
    variations: [...SHARES],
    weights: [0.5, 0.5],
    hashAttribute: 'id',
    coverage: 1,
    hashVersion: 2,
    key: SERVICE,
  };
  const rules = listRuleGroups(question).map((group) => ({ condition: { group }, force: OWN }));
  const features = { [SERVICE]: { defaultValue: 'none', rules: [...rules, split] } };
  const client = new GrowthBookClient().initSync({ payload: { features } });
  return (tenant, group) => {
    const version = client.getFeatureValue<string>(SERVICE, 'none', { attributes: { id: tenant, group } });
    return version === 'none' ? Number.NaN : version.length;
  };
}

const [name, asked] = process.argv.slice(2);
const question: Question = asked === 'split' || asked === 'rules' ? asked : 'own';
const engines: Record<string, () => Ask | Promise<Ask>> = {
  decide: () => startEngine(question),
  unleash: () => startUnleashClient(question),
  growthbook: () => startGrowthBook(question),
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
