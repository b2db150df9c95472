import {
  type DiscoveryServiceList,
  type DiscoverySource,
  type DiscoverySourceList,
  discoveryServiceListSchema,
  discoverySourceListSchema,
} from '@grey/contracts';
import { expect, test } from './console-test.ts';
import { findViolationsInBothColours } from './find-violations.ts';

test('the page tells where instances come from and that all places agree, as instances come and go', async ({
  operator,
  world,
}) => {
  const { call } = world.product;
  await call('POST', '/api/services', { id: 'seen-service', fallback: 'fail' });
  await call('POST', '/api/services/seen-service/versions', { version: '1.0.0' });
  await operator.goto('/discovery');
  const sources = operator.getByRole('table', { name: 'Sources' });
  await expect(sources.getByRole('row').filter({ hasText: 'Built-in registry' })).toContainText('Up');
  await expect(sources.getByRole('row').filter({ hasText: 'Nacos' })).toContainText('Off');
  await expect(operator.getByText(/Set GREY_NACOS_URL/)).toBeVisible();
  await expect(operator.getByRole('button', { name: 'Sync now' })).toHaveCount(0);
  await call('POST', '/api/registry/instances', {
    serviceId: 'seen-service',
    instanceId: 'seen-1',
    version: '1.0.0',
    address: '127.0.0.1:9',
    ttlMs: 300_000,
  });
  const row = operator.getByRole('row').filter({ hasText: 'seen-service' });
  await expect(row).toContainText('Agree');
  await expect(row.getByRole('cell').nth(3)).toHaveText('1');
  await call('DELETE', '/api/registry/instances/seen-1');
  await expect(row).toHaveCount(0);
});

const at = '2026-11-21T12:00:00.000Z';
const none = { untagged: [], untaggedCount: 0, rejected: [], rejectedCount: 0, unmapped: [], unmappedCount: 0 };
const builtin: DiscoverySource = {
  ...none,
  id: 'builtin',
  kind: 'builtin',
  where: null,
  state: 'up',
  lastGoodAt: null,
  staleSince: null,
  error: null,
  breaker: null,
  serviceCount: 1,
  instanceCount: 2,
  lastSyncMs: null,
};
const nacos: DiscoverySource = {
  ...builtin,
  id: 'nacos',
  kind: 'nacos-v3',
  where: 'http://nacos-1:8848 · public · DEFAULT_GROUP',
  state: 'stale',
  lastGoodAt: at,
  staleSince: at,
  error: 'connect ECONNREFUSED',
  breaker: 'open',
  untagged: [{ serviceId: 'mail', instanceId: '10.0.0.1:25', version: null }],
  untaggedCount: 1,
  rejected: [{ serviceId: 'mail', instanceId: '10.0.0.2:0', reason: 'has no port' }],
  rejectedCount: 1,
  unmapped: ['legacy-billing'],
  unmappedCount: 201,
};
const service = { sequence: 1, owner: 'api-1', inMemory: 1, inRedis: 2, inSource: 1, sourceReadAt: at };

test('a stale source, what cannot be used of it and drift are told with their names', async ({ operator }) => {
  // A registry in such a state is the API's own test; here it is what an operator gets to read of it.
  const sources: DiscoverySourceList = { items: [builtin, nacos], replica: 'api-1' };
  const services: DiscoveryServiceList = {
    items: [
      { ...service, serviceId: 'calm', hasDrift: false, drift: [] },
      { ...service, serviceId: 'torn', hasDrift: true, drift: [{ instanceId: '10.0.0.9:80', missingIn: 'memory' }] },
    ],
    replica: 'api-1',
  };
  await operator.route('**/api/discovery/sources', (route) =>
    route.fulfill({ json: discoverySourceListSchema.parse(sources) }),
  );
  await operator.route('**/api/discovery/services', (route) =>
    route.fulfill({ json: discoveryServiceListSchema.parse(services) }),
  );
  await operator.goto('/discovery');
  const stale = operator.getByRole('region', { name: 'Nacos does not answer' });
  await expect(stale).toContainText('Routing goes on with its last good instances');
  await expect(stale).toContainText('connect ECONNREFUSED');
  await expect(operator.getByText('Breaker open')).toBeVisible();
  for (const list of ['Untagged instances', 'Rejected instances', 'Unmapped services'])
    await operator.locator('summary', { hasText: list }).click();
  await expect(operator.getByRole('table', { name: 'Untagged instances' })).toContainText('10.0.0.1:25');
  await expect(operator.getByRole('table', { name: 'Rejected instances' })).toContainText('has no port');
  await expect(operator.getByRole('table', { name: 'Unmapped services' })).toContainText('legacy-billing');
  await expect(operator.getByText('The first 1 of 201.')).toBeVisible();
  const torn = operator.getByRole('table', { name: 'Source, Redis and memory' }).getByRole('row').nth(1);
  await expect(torn).toContainText('torn');
  await expect(torn).toContainText('Not in memory10.0.0.9:80');
  await expect(operator.getByTestId('drift-count')).toHaveText('1 of 2 services drift');
  expect(await findViolationsInBothColours(operator)).toEqual([]);
});
