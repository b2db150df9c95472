import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import type { Figure } from './figure.ts';
import { type Contender, measureRates } from './measure-rates.ts';
import { printFigures } from './print-figures.ts';
import { makeWorld, SERVICE_COUNT, serviceId, TENANT_COUNT, tenantId } from './world.ts';

/**
 * `decide` in process at 10 000 tenants × 100 services, 10 instances a version, on one core: half of the tenants have an
 * assignment, the other half falls through to the default. Each request is a fresh object, each result is read.
 */
const snapshot = buildSnapshot(makeWorld(2));
const env = createDecisionEnv();
const tenants = Array.from({ length: TENANT_COUNT }, (_, i) => tenantId(i));
const services = Array.from({ length: SERVICE_COUNT }, (_, i) => serviceId(i));

function contender(pickService: (i: number) => string): Contender {
  let at = 0;
  return (count) => {
    let read = 0;
    for (let i = 0; i < count; i++) {
      // 7 919 is prime to the number of tenants: all of them come, none after its neighbour.
      at = (at + 7919) % TENANT_COUNT;
      const metadata = { userId: 'user-1', region: 'eu' };
      const decision = decide(snapshot, { tenantId: tenants[at]!, serviceName: pickService(i), metadata }, env);
      if (!decision.ok) throw new Error(`refused: ${decision.code}`);
      read += decision.instance.address.length + decision.version.length;
    }
    return read;
  };
}

const oneService = serviceId(42);
const { rate } = measureRates({
  one: contender(() => oneService),
  all: contender((i) => services[i % SERVICE_COUNT]!),
});

const budget = { of: 'value', bound: 'at least', limit: 3_000_000 } as const;
const figures: Figure[] = [
  { name: 'decide, all tenants at one service', value: rate.one!, unit: '/s', ratio: null, budget },
  { name: 'decide, all tenants at all services', value: rate.all!, unit: '/s', ratio: null, budget },
];
printFigures(figures);
