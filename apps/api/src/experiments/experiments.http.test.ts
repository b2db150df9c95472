import { experimentCountsSchema, experimentListSchema, experimentSchema } from '@grey/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { ServicesStore } from '../services/services.store.ts';
import { CountFlusher } from './count-flusher.ts';
import { ExperimentCountsStore } from './experiment-counts.store.ts';
import { ExperimentsStore } from './experiments.store.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of ['shop', 'pay']) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', `/api/services/${id}/versions`, { version });
  }
});
afterAll(() => api.close());

type Ranges = [number, number][];
const weights = (...pairs: [string, string, number][]) =>
  pairs.map(([name, version, weight]) => ({ name, version, weight }));
const halves = weights(['control', 'v1', 5_000], ['new', 'v2', 5_000]);
const body = (id: string, more: object = {}) => ({ id, unit: { by: 'user' }, variants: halves, ...more });
const create = (id: string, more: object = {}, service = 'shop', headers = {}) =>
  api.ask('POST', `/api/services/${service}/experiments`, body(id, more), { headers });
const one = (id: string, service = 'shop') => `/api/services/${service}/experiments/${id}`;

test('is created once, stopped, with its buckets given out', async () => {
  const headers = { 'Idempotency-Key': 'first' };
  const made = await create('button', {}, 'shop', headers);
  const experiment = experimentSchema.parse(made.body);
  expect([made.status, experiment.state, experiment.name]).toEqual([201, 'stopped', 'button']);
  expect(experiment.variants.map((variant) => variant.ranges)).toEqual([[[0, 5_000]], [[5_000, 10_000]]]);
  expect((await create('button', {}, 'shop', headers)).body).toEqual(made.body);
  expect((await create('button')).body.code).toBe('EXPERIMENT_EXISTS');
  expect((await create('ghost', { variants: weights(['a', 'v9', 5_000], ['b', 'v1', 5_000]) })).body.code).toBe(
    'VERSION_UNKNOWN',
  );
  const { items } = experimentListSchema.parse((await api.ask('GET', '/api/services/shop/experiments')).body);
  expect(items.map(({ id }) => id)).toEqual(['button']);
});

test('with a raised weight keeps everybody who was in', async () => {
  await create('colour', { variants: weights(['control', 'v1', 8_000], ['red', 'v2', 1_000], ['blue', 'v3', 1_000]) });
  const before = (await api.ask('GET', one('colour'))).body;
  const variants = weights(['control', 'v1', 7_000], ['red', 'v2', 2_000], ['blue', 'v3', 1_000]);
  const stale = await api.ask('PATCH', one('colour'), { variants }, { headers: { 'If-Match': '"0"' } });
  expect([stale.status, stale.body.current.etag]).toEqual([412, before.etag]);
  const after = await api.ask('PATCH', one('colour'), { variants }, { headers: { 'If-Match': before.etag } });
  const rangesOf = (experiment: { variants: { name: string; ranges: Ranges }[] }, name: string) =>
    experiment.variants.find((variant) => variant.name === name)?.ranges ?? [];
  expect(rangesOf(after.body, 'blue')).toEqual(rangesOf(before, 'blue'));
  for (const [from, to] of rangesOf(before, 'red'))
    expect(rangesOf(after.body, 'red').some(([start, end]) => start <= from && to <= end)).toBe(true);
});

test('has the state of its switch and its time', async () => {
  await create('timed');
  const set = async (fields: object) => (await api.ask('PATCH', one('timed'), fields)).body;
  const [past, future] = [new Date(Date.now() - 60_000).toISOString(), new Date(Date.now() + 60_000).toISOString()];
  expect((await set({ isRunning: true })).state).toBe('running');
  expect((await set({ startAt: future })).state).toBe('scheduled');
  expect((await set({ endAt: past })).errors).toMatchObject([{ path: 'body.endAt' }]);
  expect((await set({ startAt: null, endAt: past })).state).toBe('ended');
  expect((await set({ isRunning: false })).state).toBe('stopped');
});

test('of a group shares no bucket with another of any service, until the group is full', async () => {
  const rangesIn = async (id: string, service: string): Promise<Ranges> => {
    const record = await api.app
      .get(ExperimentsStore)
      .consistentRead((tx) => api.app.get(ServicesStore).readRecord(tx, service));
    return (record.experiments?.find((experiment) => experiment.id === id)?.group?.ranges ?? []) as Ranges;
  };
  const group = (share: number) => ({ group: { name: 'home', share } });
  const answers = await Promise.all([
    create('left', group(4_000), 'shop'),
    create('right', group(3_000), 'pay'),
    create('third', group(2_000), 'pay'),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
  const all = [
    ...(await rangesIn('left', 'shop')),
    ...(await rangesIn('right', 'pay')),
    ...(await rangesIn('third', 'pay')),
  ];
  all.sort(([a], [b]) => a - b);
  expect(all.every(([, to], index) => to <= (all[index + 1]?.[0] ?? 10_000))).toBe(true);
  expect(all.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(9_000);
  const refused = await create('late', group(1_001), 'shop');
  expect([refused.status, refused.body.code]).toEqual([409, 'EXPERIMENT_GROUP_FULL']);
  const before = await rangesIn('right', 'pay');
  expect((await api.ask('PATCH', one('left'), group(5_001))).body.code).toBe('EXPERIMENT_GROUP_FULL');
  expect((await api.ask('PATCH', one('left'), group(5_000))).status).toBe(200);
  expect(await rangesIn('right', 'pay')).toEqual(before);
  expect((await api.ask('DELETE', one('third', 'pay'))).status).toBe(204);
  expect((await create('late', group(2_000), 'shop')).status).toBe(201);
});

test('refuses a condition that cannot be evaluated, and the md5 formula beside three variants', async () => {
  const when = { op: 'matches', operand: { from: 'path' }, pattern: '(' };
  const broken = await create('broken', { when });
  expect([broken.status, broken.body.errors]).toMatchObject([400, [{ path: 'body.when.pattern' }]]);
  await create('old', { unit: { by: 'tenant' }, hashing: 'md5_java' });
  const variants = weights(['a', 'v1', 5_000], ['b', 'v2', 2_500], ['c', 'v3', 2_500]);
  expect((await api.ask('PATCH', one('old'), { variants })).body.errors).toMatchObject([{ path: 'body.variants' }]);
});

test('keeps its versions from being retired until it is deleted', async () => {
  await api.ask('POST', '/api/services/pay/versions', { version: 'v4' });
  await create('keeps', { variants: weights(['a', 'v4', 5_000], ['b', 'v4', 5_000]) }, 'pay');
  const retire = () => api.ask('PATCH', '/api/services/pay/versions/v4', { status: 'retired' });
  expect((await retire()).body.references).toMatchObject([
    { kind: 'experiment', serviceId: 'pay', id: 'keeps', as: 'variant' },
    { kind: 'experiment', serviceId: 'pay', id: 'keeps', as: 'variant' },
  ]);
  await api.ask('DELETE', one('keeps', 'pay'));
  expect((await retire()).status).toBe(200);
});

test('counts the decisions of the router by variant', async () => {
  await api.ask('POST', '/api/services', { id: 'cart' });
  for (const version of ['v1', 'v2']) {
    await api.ask('POST', '/api/services/cart/versions', { version });
    const instance = {
      serviceId: 'cart',
      instanceId: `cart-${version}`,
      version,
      address: '127.0.0.1:9',
      ttlMs: 300_000,
    };
    expect((await api.ask('POST', '/api/registry/instances', instance)).status).toBe(201);
  }
  await api.ask('POST', '/api/tenants', { id: 'acme', name: 'Acme' });
  await create('layout', { isRunning: true }, 'cart');
  const seen = new Map<string, number>();
  for (let user = 0; user < 30; user++) {
    const request = { tenantId: 'acme', serviceName: 'cart', requestMetadata: { userId: `user-${user}` } };
    const { body: answer } = await api.ask('POST', '/api/grey-router/route', request);
    expect(answer).toMatchObject({ reason: 'EXPERIMENT', experiment: { id: 'layout' } });
    seen.set(answer.experiment.variant, (seen.get(answer.experiment.variant) ?? 0) + 1);
  }
  await api.app.get(CountFlusher).flush();
  const { body: counts } = await api.ask('GET', `${one('layout', 'cart')}/counts`);
  expect(
    counts.variants.map((variant: { name: string; decisionCount: number }) => [variant.name, variant.decisionCount]),
  ).toEqual([
    ['control', seen.get('control')],
    ['new', seen.get('new')],
  ]);
});

test('shows what all replicas counted, and whether that fits the weights', async () => {
  await create('counted', {}, 'pay');
  const store = api.app.get(ExperimentCountsStore);
  const counted = (variant: string, count: number, at: number, experimentId = 'counted') => ({
    serviceId: 'pay',
    experimentId,
    variant,
    count,
    at,
  });
  const read = async () => experimentCountsSchema.parse((await api.ask('GET', `${one('counted', 'pay')}/counts`)).body);
  expect(await read()).toMatchObject({ decisionCount: 0, isFairSplit: null });
  await store.add([counted('control', 400, 2_000), counted('new', 90, 1_000), counted('x', 1, 1_000, 'gone')]);
  await store.add([counted('control', 90, 5_000), counted('new', 420, 6_000)]);
  expect(await read()).toEqual({
    experimentId: 'counted',
    decisionCount: 1_000,
    isFairSplit: true,
    variants: [
      {
        name: 'control',
        decisionCount: 490,
        firstAt: new Date(2_000).toISOString(),
        lastAt: new Date(5_000).toISOString(),
      },
      {
        name: 'new',
        decisionCount: 510,
        firstAt: new Date(1_000).toISOString(),
        lastAt: new Date(6_000).toISOString(),
      },
    ],
  });
  await store.add([counted('new', 1_000, 7_000)]);
  expect((await read()).isFairSplit).toBe(false);
  const variants = weights(['control', 'v1', 6_000], ['new', 'v2', 4_000]);
  await api.ask('PATCH', one('counted', 'pay'), { variants });
  expect((await read()).decisionCount).toBe(0);
});
