import { needsNacos, type RunningNacos, startNacos } from '@grey/testkit';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { inTurns, NacosByHttp } from '../../../test/nacos-by-http.ts';
import { openHttpHarness, openPackageHarness, settingsFor, startClient } from '../../../test/nacos-clients.ts';
import { countPerSecond, type NacosProxy, startNacosProxy } from '../../../test/nacos-proxy.ts';
import { describeSourceContract, listen, portsOf } from '../../../test/registry-source-contract.ts';
import { openNacosSource } from './open-nacos-source.ts';
import type { RegistrySource } from './registry-source.ts';

Logger.overrideLogger(false);

const WITHIN = { timeout: 30_000, interval: 50 };
/** The server looks every 5 s: unhealthy and gone must be further apart for both to be seen. */
const QUICK_TO_EXPIRE = {
  'preserved.heart.beat.interval': '1000',
  'preserved.heart.beat.timeout': '2000',
  'preserved.ip.delete.timeout': '8000',
};

describe('A source of Nacos 3.1', needsNacos(), () => {
  let server: RunningNacos;
  let nacos: NacosByHttp;
  let proxy: NacosProxy;
  const sources: RegistrySource[] = [];

  beforeAll(async () => {
    server = await startNacos({ generation: 3, auth: true });
    nacos = new NacosByHttp(server);
    await nacos.logIn();
    proxy = await startNacosProxy(server.url);
  }, 300_000);
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.close();
  });
  afterAll(async () => {
    nacos?.close();
    await proxy?.close();
    await server?.stop();
  });

  /** A source by the v3 API that is read through the proxy. */
  async function open(changes: object = {}): Promise<RegistrySource> {
    const settings = { urls: [proxy.url], api: 'v3', retryDelayMs: 20, pollMs: 300, ...changes } as const;
    const source = await openNacosSource(settingsFor(server, settings));
    sources.push(source);
    return source;
  }

  describeSourceContract('By the v1 API', 'v1', () => openPackageHarness(server, {}));
  describeSourceContract('By the v3 API', 'v3', () => openHttpHarness(server, { api: 'v3', pollMs: 300 }));

  test('takes the v1 API where both are there, and the v3 API of a server that has no other', async () => {
    expect((await open({ api: 'auto' })).kind).toBe('nacos-v1');
    const later = await startNacosProxy(server.url);
    later.act = ({ target }) => (target.startsWith('/nacos/v1/') ? { status: 404, body: '{"status":404}' } : 'pass');
    expect((await open({ api: 'auto', urls: [later.url] })).kind).toBe('nacos-v3');
    await later.close();
  });

  test('says that it must be opened anew when the server was upgraded to one without its API', async () => {
    const upgraded = await startNacosProxy(server.url);
    const source = await open({ api: 'v1', urls: [upgraded.url] });
    upgraded.act = () => ({ status: 410, body: '{"status":410,"error":"Gone"}' });
    await expect(source.listInstances('any')).rejects.toMatchObject({ failure: 'UNSUPPORTED' });
    await upgraded.close();
  });

  test('sees all clusters, weights, groups, and what is switched off', async () => {
    const source = await open();
    const other = await open({ group: 'OTHER' });
    const { told } = listen(source, 'varied');
    await nacos.register({ serviceName: 'varied', port: 7221, clusterName: 'zone-b', weight: 2.5 });
    await nacos.register({ serviceName: 'varied', port: 7222, weight: 0 });
    await nacos.register({ serviceName: 'varied', port: 7223, enabled: false });
    await nacos.register({ serviceName: 'varied', port: 7224, groupName: 'OTHER' });
    await nacos.register({ serviceName: 'varied', port: 7225, groupName: 'ANOTHER' });
    await vi.waitFor(() => expect(told.at(-1)).toEqual([7221, 7222, 7223]), WITHIN);
    const instances = await source.listInstances('varied');
    expect(instances.find((one) => one.port === 7221)).toMatchObject({
      cluster: 'zone-b',
      weight: 2.5,
      isEnabled: true,
    });
    expect(instances.find((one) => one.port === 7222)).toMatchObject({ cluster: 'DEFAULT', weight: 0 });
    expect(instances.find((one) => one.port === 7223)).toMatchObject({ isEnabled: false });
    // The server takes a group for a part of a name: asked for OTHER it lists ANOTHER as well.
    expect(await other.listServices()).toEqual(['varied']);
    expect(await other.listInstances('varied')).toMatchObject([{ port: 7224, group: 'OTHER' }]);
  });

  test('sees a killed client become unhealthy and then vanish', async () => {
    const source = await open();
    const client = await startClient(server, { serviceName: 'killed', port: 7231, metadata: QUICK_TO_EXPIRE });
    const states: boolean[][] = [];
    source.subscribe('killed', (instances) => states.push(instances.map((instance) => instance.isHealthy)));
    await vi.waitFor(() => expect(states.at(-1)).toEqual([true]), WITHIN);
    client.kill('SIGKILL');
    await vi.waitFor(() => expect(states.at(-1)).toEqual([]), WITHIN);
    expect(states.slice(-3)).toEqual([[true], [false], []]);
  });

  test('lists and follows 300 services by pages, with one sweep for all', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `many-${String(i).padStart(3, '0')}`);
    const ports = [7241, 7242, 7243, 7244, 7245];
    await inTurns(names, (serviceName) => nacos.register({ serviceName, port: 7240, ephemeral: false }));
    const source = await open({ pageSize: 70, pollMs: undefined });
    expect((await source.listServices()).filter((name) => name.startsWith('many-'))).toEqual(names);
    const last = new Map<string, number>();
    const from = proxy.seen.length;
    for (const name of names) source.subscribe(name, (instances) => last.set(name, instances.length));
    await vi.waitFor(() => expect([...last.values()].filter((count) => count === 1)).toHaveLength(300), WITHIN);
    expect(proxy.seen.length - from).toBeLessThan(30);
    for (const port of ports) await nacos.register({ serviceName: 'many-007', port, ephemeral: false });
    await vi.waitFor(() => expect(last.get('many-007')).toBe(6), WITHIN);
    const perSecond = await countPerSecond(proxy, 6_000);
    console.log(`   Nacos 3.1, v3: ${perSecond.toFixed(1)} requests/s for 300 services`);
    expect(perSecond).toBeLessThan(10);
    expect(proxy.seen.filter((one) => /password|accessToken/i.test(one.target))).toEqual([]);
  });

  test('needs no more than the right to read the namespace', async () => {
    await nacos.call('POST', '/v3/auth/user', { username: 'reader', password: 'reads' });
    await nacos.call('POST', '/v3/auth/role', { username: 'reader', role: 'READER' });
    await nacos.call('POST', '/v3/auth/permission', { role: 'READER', resource: 'public:*:*', action: 'r' });
    await nacos.register({ serviceName: 'readable', port: 7251, ephemeral: false });
    const credentials = { username: 'reader', password: 'reads' };
    // Users, roles and rights are read by the server every few seconds.
    const source = await vi.waitFor(() => open(credentials), { timeout: 60_000, interval: 500 });
    expect(await source.listServices()).toContain('readable');
    expect(await portsOf(source, 'readable')).toEqual([7251]);
    await expect(open({ ...credentials, namespace: 'elsewhere' })).rejects.toMatchObject({ failure: 'REFUSED' });
  });

  test.for(['v1', 'v3'] as const)('refuses to open with a wrong password by %s, and names it not', async (api) => {
    const opening = open({ api, password: 'a-wrong-one' });
    await expect(opening).rejects.toMatchObject({ failure: 'REFUSED' });
    await expect(opening).rejects.not.toThrow('a-wrong-one');
    await expect(open({ api, username: undefined, password: undefined })).rejects.toMatchObject({ failure: 'REFUSED' });
  });

  test('takes nothing that a server says while it starts for an empty list', async () => {
    await nacos.register({ serviceName: 'persistent', port: 7261, ephemeral: false });
    const byV1 = await open({ api: 'v1', pollMs: 300, breakMs: 300 });
    const byV3 = await open({ breakMs: 300 });
    // A busy server lists what it has taken a moment later.
    for (const source of [byV1, byV3])
      await vi.waitFor(async () => expect(await portsOf(source, 'persistent')).toEqual([7261]), WITHIN);
    const subscriptions = [byV1, byV3].map((source) => listen(source, 'persistent'));
    for (const { told } of subscriptions) await vi.waitFor(() => expect(told).toEqual([[7261]]), WITHIN);
    await server.kill();
    for (const source of [byV1, byV3]) {
      await expect(source.listInstances('persistent')).rejects.toMatchObject({ failure: 'UNREACHABLE' });
      await expect(source.listServices()).rejects.toMatchObject({ failure: 'UNREACHABLE' });
    }
    const { told: toldUncached } = listen(byV3, 'never-seen');
    const restarted = server.restart();
    const seenWhileStarting = new Set<string>();
    let isUp = false;
    void restarted.then(() => {
      isUp = true;
    });
    while (!isUp) {
      for (const source of [byV1, byV3]) {
        const ports = await portsOf(source, 'persistent').catch((error) => error.failure);
        seenWhileStarting.add(String(ports));
      }
    }
    for (const source of [byV1, byV3]) {
      await vi.waitFor(async () => expect(await portsOf(source, 'persistent')).toEqual([7261]), WITHIN);
    }
    seenWhileStarting.delete('UNREACHABLE');
    seenWhileStarting.delete('REFUSED');
    seenWhileStarting.delete('GARBAGE');
    seenWhileStarting.delete('7261');
    expect([...seenWhileStarting]).toEqual([]);
    await vi.waitFor(() => expect(toldUncached).toEqual([[]]), WITHIN);
    // The server may find it unhealthy meanwhile, which is told; an empty list would be a lie.
    for (const { told } of subscriptions) expect(new Set(told.map(String))).toEqual(new Set(['7261']));
  });
});
