import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentRouterListSchema } from '@grey/contracts';
import type { RouterReport } from '@grey/propagation';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi } from '../boot-api.ts';
import { RouterState } from '../routing/router-state.ts';
import { Fence } from '../tenant-schemas/fence.ts';
import { KnownRoutersStore } from './known-routers.store.ts';

const LEASE_MS = 500;
const PATIENCE = { timeout: 20_000, interval: 20 };
const strict = { isLeaseEnough: false, forgotten: [] };
const folder = mkdtempSync(path.join(tmpdir(), 'grey-known-'));
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ GREY_ROUTER_LEASE_MS: LEASE_MS });
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const report = (id: string, kind: 'api' | 'sdk', revision: number): RouterReport => {
  const self = { id, kind, region: null, host: 'h', startedAt: 0, digest: null, at: revision };
  return { ...self, position: { epoch: 'e', revision }, leaseMs: LEASE_MS };
};

describe('what the database remembers of routers', () => {
  it('is what they last said, who is gone, and for how long', async () => {
    const store = api.app.get(KnownRoutersStore);
    const end = await store.report(report('a', 'api', 1));
    expect(end).toEqual(api.app.get(RouterState).snapshot?.position);
    await store.report(report('a', 'api', 2));
    const found = async (id: string) => (await store.list(60_000)).find((one) => one.report.id === id);
    expect(await found('a')).toMatchObject({ report: report('a', 'api', 2), isGone: false, ageMs: expect.any(Number) });
    await store.sayGoodbye('a');
    await store.remember([
      { report: report('a', 'api', 3), isGone: false },
      { report: report('s', 'sdk', 3), isGone: true },
    ]);
    // Only a replica itself knows that it is gone for good; others come back under their names.
    expect(await found('a')).toMatchObject({ isGone: true });
    expect(await found('s')).toMatchObject({ isGone: true });
    await store.remember([{ report: report('s', 'sdk', 4), isGone: false }]);
    expect(await found('s')).toMatchObject({ report: report('s', 'sdk', 4), isGone: false });
    await store.sayGoodbye('s');
    expect(await store.list(0)).toEqual([]);
    await store.prune(60_000);
    expect(await found('s')).toBeDefined();
    await store.prune(0);
    expect(await found('s')).toBeUndefined();
  });
});

describe('a fence of replicas that only share a database', () => {
  it('is passed when all have applied the change, and waits for one that vanished', async () => {
    const second = await bootApi({ ...api.config, GREY_DATA_DIR: folder });
    const created = await api.ask('POST', '/api/services', { id: 'fenced' });
    expect(created.status).toBe(201);
    const position = api.app.get(RouterState).snapshot?.position;
    if (position === undefined) throw new Error('there is no snapshot');
    const look = await vi.waitFor(async () => {
      const now = await api.app.get(Fence).look(position, strict);
      expect(now).toMatchObject({ isPassed: true, total: 2, applied: 2 });
      return now;
    }, PATIENCE);
    expect(look.missing).toEqual([]);
    await second.close();
    expect(await api.app.get(Fence).look(position, strict)).toMatchObject({ isPassed: true, total: 1 });
    await api.app.get(KnownRoutersStore).report({ ...report('vanished', 'api', 1), position: null });
    expect(await api.app.get(Fence).look(position, strict)).toMatchObject({ isPassed: false, missing: ['vanished'] });
    const forgotten = ['vanished'];
    expect(await api.app.get(Fence).look(position, { ...strict, forgotten })).toMatchObject({ isPassed: true });
  });

  it('does not wait for a replica that died, once another runs in its folder', async () => {
    const store = api.app.get(KnownRoutersStore);
    const position = api.app.get(RouterState).snapshot?.position;
    if (position === undefined) throw new Error('there is no snapshot');
    const dead = { ...report('dead', 'api', 0), position: null };
    const look = () => api.app.get(Fence).look(position, { ...strict, forgotten: ['vanished'] });
    await store.report(dead);
    expect(await look()).toMatchObject({ missing: ['dead'] });
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    writeFileSync(path.join(folder, 'routers.json'), JSON.stringify({ bootId, routers: [dead] }));
    const heir = await bootApi({ ...api.config, GREY_DATA_DIR: folder });
    try {
      await vi.waitFor(async () => {
        expect(await look()).toMatchObject({ isPassed: true, total: 2 });
      }, PATIENCE);
    } finally {
      await heir.close();
    }
    expect(JSON.parse(readFileSync(path.join(folder, 'routers.json'), 'utf8'))).toEqual({ bootId, routers: [] });
  });

  it('waits for nobody of whom an operator says that it is gone, until it reports again', async () => {
    const position = api.app.get(RouterState).snapshot?.position;
    if (position === undefined) throw new Error('there is no snapshot');
    const forget = (id: string) => api.ask('POST', `/api/routers/${id}/forget`, { reason: 'its node burned down' });
    const store = api.app.get(KnownRoutersStore);
    await store.remember([{ report: { ...report('lost', 'sdk', 1), position: null }, isGone: false }]);
    expect((await forget('nobody')).body.code).toBe('ROUTER_UNKNOWN');
    expect((await forget('lost')).body.code).toBe('ROUTER_ALIVE');
    await vi.waitFor(async () => expect((await forget('lost')).status).toBe(200), PATIENCE);
    const look = () => api.app.get(Fence).look(position, { ...strict, forgotten: ['vanished'] });
    expect(await look()).toMatchObject({ isPassed: true, total: 1 });
    const { items } = silentRouterListSchema.parse((await api.ask('GET', '/api/routers/silent')).body);
    expect(items.find(({ id }) => id === 'lost')).toMatchObject({ isForgotten: true, refuses: 'marked', kind: 'sdk' });
    expect((await forget('lost')).body.isForgotten).toBe(true);
    const { body } = await api.ask('GET', '/api/changes?kind=router.forgotten');
    expect(body.items).toMatchObject([{ reason: 'its node burned down' }]);
    await store.remember([{ report: { ...report('lost', 'sdk', 2), position: null }, isGone: false }]);
    expect(await look()).toMatchObject({ isPassed: false, missing: ['lost'] });
  });
});
