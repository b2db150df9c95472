import type {
  Condition,
  DecisionRequest,
  PathMatch,
  RuleRecord,
  RuleSetRecord,
  SnapshotSource,
} from '@grey/route-core';
import { makeWorld, serviceId, TENANT_COUNT, tenantId } from './world.ts';

/** Each condition twice: as a tree and as an expression that says the same. */
const CONDITIONS: readonly (readonly [tree: Condition, cel: string])[] = [
  [
    { op: 'equals', operand: { from: 'header', name: 'x-beta-user' }, value: 'true' },
    `header['x-beta-user'] == 'true'`,
  ],
  [
    { op: 'in', operand: { from: 'attribute', name: 'plan' }, values: ['gold', 'team'] },
    `attributes['plan'] in ['gold', 'team']`,
  ],
  [{ op: 'cidr', operand: { from: 'client_ip' }, networks: ['10.8.0.0/16'] }, `inCidr(clientIp, '10.8.0.0/16')`],
  [
    { op: 'semver', operand: { from: 'header', name: 'x-app-version' }, range: '>=9' },
    `semver(header['x-app-version'], '>=9')`,
  ],
  [
    { op: 'starts_with', operand: { from: 'cookie', name: 'cohort' }, value: 'grey-' },
    `cookie['cohort'].startsWith('grey-')`,
  ],
  [{ op: 'modulo', operand: { from: 'user' }, divisor: 1000, below: 1 }, `uid % 1000 < 1`],
  [{ op: 'equals', operand: { from: 'query', name: 'use_canary' }, value: 'true' }, `query['use_canary'] == 'true'`],
  [{ op: 'equals', operand: { from: 'region' }, value: 'ap-south-1' }, `region == 'ap-south-1'`],
];
const PATHS: readonly PathMatch[] = [
  { type: 'exact', value: '/api/v1/orders' },
  { type: 'exact', value: '/api/v1/orders/export' },
  { type: 'exact', value: '/api/v1/invoices' },
  { type: 'exact', value: '/healthz' },
  { type: 'prefix', value: '/api/' },
  { type: 'prefix', value: '/api/v1/' },
  { type: 'prefix', value: '/api/v2/' },
  { type: 'prefix', value: '/admin/' },
  { type: 'prefix', value: '/static/' },
  { type: 'prefix', value: '/internal/' },
  { type: 'regex', value: '/reports/[0-9]{4}/[a-z]+' },
  { type: 'regex', value: '/users/[0-9]+/orders' },
];

export type Wording = 'tree' | 'cel';

/** Twenty rules: four exact paths, six prefixes, two expressions, eight conditions alone. */
export function makeRuleSet(wording: Wording): RuleSetRecord {
  const word = (i: number): Condition => {
    const [tree, expression] = CONDITIONS[i % CONDITIONS.length]!;
    return wording === 'tree' ? tree : { op: 'cel', expression };
  };
  const rule = (id: string, rest: Pick<RuleRecord, 'path' | 'when'>): RuleRecord => ({
    id,
    name: id,
    priority: 0,
    isEnabled: true,
    target: { kind: 'version', version: '2.0.0' },
    ...rest,
  });
  return {
    number: 1,
    normalizePath: false,
    rules: [
      // Some paths ask for nothing more.
      ...PATHS.map((path, i) => rule(`path-${i}`, i % 3 === 0 || i === 11 ? { path } : { path, when: word(i) })),
      ...CONDITIONS.map((_, i) => rule(`when-${i}`, { when: word(i) })),
    ],
  };
}

/** The world of the other figures, where each service has twenty rules besides. */
export function makeRuleWorld(wording: Wording): SnapshotSource {
  const world = makeWorld(2);
  const ruleSet = makeRuleSet(wording);
  return { ...world, services: [...world.services].map((service) => ({ ...service, ruleSet })) };
}

const tenants = Array.from({ length: TENANT_COUNT }, (_, i) => tenantId(i));
const service = serviceId(42);

/**
 * A fresh request with all that rules could ask for. Of the even ones a rule decides, each by another way; of the odd ones
 * none, though every condition has to be asked.
 */
export function makeRequest(i: number): DecisionRequest {
  const kind = i % 16;
  const metadata = {
    userId: String(1_000_500 + (i % 400)),
    method: 'GET',
    path:
      kind === 0
        ? '/api/v1/orders'
        : kind === 2
          ? '/internal/tenants/7'
          : kind === 4
            ? '/users/4711/orders'
            : '/shop/cart/7',
    headers: {
      'x-request-id': 'b1946ac92492d234',
      'x-beta-user': kind === 6 ? 'true' : 'false',
      'x-app-version': '4.2.1',
    },
    cookies: { cohort: kind === 8 ? 'grey-7' : 'white-3' },
    query: { use_canary: kind === 12 ? 'true' : 'no' },
    clientIp: kind === 10 ? '10.8.3.4' : '192.0.2.17',
    region: 'eu-west-1',
    attributes: { plan: kind === 14 ? 'gold' : 'free' },
  };
  return { tenantId: tenants[(i * 7919) % TENANT_COUNT]!, serviceName: service, metadata };
}
