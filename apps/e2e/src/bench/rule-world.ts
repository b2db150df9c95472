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
/** Sixteen paths, and for every second of them a condition besides. */
const PATHS: readonly PathMatch[] = [
  { type: 'exact', value: '/api/v1/orders' },
  { type: 'exact', value: '/api/v1/orders/export' },
  { type: 'exact', value: '/api/v1/invoices' },
  { type: 'exact', value: '/api/v2/orders' },
  { type: 'exact', value: '/healthz' },
  { type: 'exact', value: '/version' },
  { type: 'prefix', value: '/api/v2/' },
  { type: 'prefix', value: '/api/v1/' },
  { type: 'prefix', value: '/internal/' },
  { type: 'prefix', value: '/api/' },
  { type: 'prefix', value: '/admin/' },
  { type: 'prefix', value: '/static/' },
  { type: 'prefix', value: '/beta/' },
  { type: 'prefix', value: '/checkout/' },
  { type: 'regex', value: '/users/[0-9]+/orders' },
  { type: 'regex', value: '/reports/[0-9]{4}/[a-z]+' },
];
/** Those that stand alone: header, attribute, address, user. */
const ALONE = [0, 1, 2, 5];

export type Wording = 'tree' | 'cel';

/** Twenty rules: six exact paths, eight prefixes, two expressions, and four conditions without a path. */
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
      ...PATHS.map((path, i) => rule(`path-${i}`, i % 2 === 0 ? { path } : { path, when: word(i) })),
      ...ALONE.map((i) => rule(`when-${i}`, { when: word(i) })),
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

/** Of the even ones a rule decides; of the odd ones none, though some come as far as the conditions of a path. */
const ASKED_PATHS = [
  '/api/v1/orders',
  '/shop/cart/7',
  '/internal/tenants/7',
  '/api/v1/customers/7',
  '/users/4711/orders',
  '/shop/cart/7',
  '/shop/cart/7',
  '/checkout/7',
] as const;
const userIds = Array.from({ length: 400 }, (_, i) => String(1_000_500 + i));

/** A fresh request with all that rules could ask for. Rules decide the even ones: by path, by header, address and attribute. */
export function makeRequest(i: number): DecisionRequest {
  const kind = i % 16;
  const metadata = {
    userId: userIds[i % 400]!,
    method: 'GET',
    path: ASKED_PATHS[kind % 8]!,
    headers: {
      'x-request-id': 'b1946ac92492d234',
      'x-beta-user': kind === 6 ? 'true' : 'false',
      'x-app-version': '4.2.1',
    },
    cookies: { cohort: 'white-3' },
    query: { use_canary: 'no' },
    clientIp: '192.0.2.17',
    region: 'eu-west-1',
    attributes: { plan: kind === 14 ? 'gold' : 'free' },
  };
  return { tenantId: tenants[(i * 7919) % TENANT_COUNT]!, serviceName: service, metadata };
}
