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
/** So slow that within a test nothing is seen by it. */
const NO_POLL_MS = 600_000;
/** The server looks every 5 s: unhealthy and gone must be further apart for both to be seen. */
const QUICK_TO_EXPIRE = {
  'preserved.heart.beat.interval': '1000',
  'preserved.heart.beat.timeout': '2000',
  'preserved.ip.delete.timeout': '8000',
};

/** Registered once, without beats, and yet healthy for the whole test. */
const SLOW_TO_EXPIRE = {
  'preserved.heart.beat.timeout': '600000',
  'preserved.ip.delete.timeout': '600000',
};

describe('A source of Nacos 2.3 by the v1 API', needsNacos(), () => {
  let server: RunningNacos;
  let nacos: NacosByHttp;
  let proxy: NacosProxy;
  const sources: RegistrySource[] = [];

  beforeAll(async () => {
    server = await startNacos({ generation: 2, auth: true });
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

  /** A source that is read through the proxy; pushes come straight from the server. */
  async function open(changes: object = {}): Promise<RegistrySource> {
    const source = await openNacosSource(settingsFor(server, { urls: [proxy.url], retryDelayMs: 20, ...changes }));
    sources.push(source);
    return source;
  }

  describeSourceContract('With the npm client registering', 'npm', () => openPackageHarness(server, {}));
  describeSourceContract('With HTTP clients registering', 'http', () =>
    openHttpHarness(server, { isPushed: false, pollMs: 300 }),
  );

  test('is chosen by itself', async () => {
    expect((await open()).kind).toBe('nacos-v1');
  });

  test('hears by push, whatever is read directly beside the subscription', async () => {
    const source = await open({ pollMs: NO_POLL_MS });
    const { told } = listen(source, 'pushed');
    await vi.waitFor(() => expect(told).toEqual([[]]), WITHIN);
    await nacos.register({ serviceName: 'pushed', port: 7101 });
    await portsOf(source, 'pushed');
    await vi.waitFor(() => expect(told.at(-1)).toEqual([7101]), WITHIN);
    await nacos.register({ serviceName: 'pushed', port: 7102 });
    await vi.waitFor(() => expect(told.at(-1)).toEqual([7101, 7102]), WITHIN);
    await nacos.deregister({ serviceName: 'pushed', port: 7101 });
    await nacos.deregister({ serviceName: 'pushed', port: 7102 });
    await vi.waitFor(() => expect(told.at(-1)).toEqual([]), WITHIN);
  });

  test('hears by poll that a list became empty when no push comes', async () => {
    const source = await open({ isPushed: false, pollMs: 200 });
    await nacos.register({ serviceName: 'polled', port: 7111 });
    // A busy server lists what it has taken a moment later.
    await vi.waitFor(async () => expect(await portsOf(source, 'polled')).toEqual([7111]), WITHIN);
    const { told } = listen(source, 'polled');
    await vi.waitFor(() => expect(told.at(-1)).toEqual([7111]), WITHIN);
    await nacos.deregister({ serviceName: 'polled', port: 7111 });
    await vi.waitFor(() => expect(told.at(-1)).toEqual([]), WITHIN);
    expect(await portsOf(source, 'polled')).toEqual([]);
  });

  test('sees all clusters, weights and groups; what is switched off is not shown by this API', async () => {
    const source = await open();
    const other = await open({ group: 'OTHER' });
    const { told } = listen(source, 'varied');
    await nacos.register({ serviceName: 'varied', port: 7121, clusterName: 'zone-b', weight: 2.5 });
    await nacos.register({ serviceName: 'varied', port: 7122, weight: 0 });
    await nacos.register({ serviceName: 'varied', port: 7123, enabled: false });
    await nacos.register({ serviceName: 'varied', port: 7124, groupName: 'OTHER' });
    await vi.waitFor(() => expect(told.at(-1)).toEqual([7121, 7122]), WITHIN);
    const instances = await source.listInstances('varied');
    expect(instances.find((one) => one.port === 7121)).toMatchObject({ cluster: 'zone-b', weight: 2.5 });
    expect(instances.find((one) => one.port === 7122)).toMatchObject({ cluster: 'DEFAULT', weight: 0 });
    expect(await other.listInstances('varied')).toMatchObject([{ port: 7124, group: 'OTHER' }]);
    expect(await other.listServices()).toEqual(['varied']);
  });

  test('sees a killed client become unhealthy and then vanish', async () => {
    const source = await open();
    const client = await startClient(server, { serviceName: 'killed', port: 7131, metadata: QUICK_TO_EXPIRE });
    const states: boolean[][] = [];
    source.subscribe('killed', (instances) => states.push(instances.map((instance) => instance.isHealthy)));
    await vi.waitFor(() => expect(states.at(-1)).toEqual([true]), WITHIN);
    client.kill('SIGKILL');
    await vi.waitFor(() => expect(states.at(-1)).toEqual([]), WITHIN);
    expect(states.slice(-3)).toEqual([[true], [false], []]);
  });

  test('stops asking about a service that nobody listens to any more', async () => {
    const source = await open({ isPushed: false, pollMs: 100 });
    const asksAbout = (name: string) => proxy.seen.filter((one) => one.target.includes(`${name}&`)).length;
    const quick = listen(source, 'given-up-at-once');
    quick.end();
    const { end } = listen(source, 'given-up');
    const { told } = listen(source, 'kept');
    await vi.waitFor(() => expect(asksAbout('given-up')).toBeGreaterThan(2), WITHIN);
    end();
    const before = asksAbout('given-up');
    const keptBefore = asksAbout('kept');
    await vi.waitFor(() => expect(asksAbout('kept')).toBeGreaterThan(keptBefore + 5), WITHIN);
    // One may have been on its way.
    expect(asksAbout('given-up')).toBeLessThanOrEqual(before + 1);
    expect(asksAbout('given-up-at-once')).toBeLessThanOrEqual(1);
    expect(told).toEqual([[]]);
  });

  test('lists and follows 300 services by pages, far from one request per service and second', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `many-${String(i).padStart(3, '0')}`);
    await inTurns(names, (serviceName) => nacos.register({ serviceName, port: 7141, metadata: SLOW_TO_EXPIRE }));
    const source = await open({ pageSize: 70 });
    const listed = (await source.listServices()).filter((name) => name.startsWith('many-'));
    expect(listed).toEqual(names);
    const last = new Map<string, number>();
    for (const name of names) source.subscribe(name, (instances) => last.set(name, instances.length));
    await vi.waitFor(() => expect([...last.values()].filter((count) => count === 1)).toHaveLength(300), WITHIN);
    const perSecond = await countPerSecond(proxy, 5_000);
    console.log(`   Nacos 2.3, v1: ${perSecond.toFixed(1)} requests/s for 300 services`);
    expect(perSecond).toBeLessThan(100);
    expect(proxy.seen.filter((one) => /password|accessToken/i.test(one.target))).toEqual([]);
  });

  test('refuses to open with a wrong password, and names it not', async () => {
    const opening = openNacosSource(settingsFor(server, { password: 'a-wrong-one', retryDelayMs: 20 }));
    await expect(opening).rejects.toMatchObject({ failure: 'REFUSED' });
    await expect(opening).rejects.not.toThrow('a-wrong-one');
    await expect(openNacosSource({ urls: [server.url], retryDelayMs: 20 })).rejects.toMatchObject({
      failure: 'REFUSED',
    });
  });

  test('says that the API is not there', async () => {
    const opening = openNacosSource(settingsFor(server, { api: 'v3', retryDelayMs: 20 }));
    await expect(opening).rejects.toMatchObject({ failure: 'UNSUPPORTED' });
  });

  test('keeps quiet while the server is down, and goes on by itself when it is back', async () => {
    const printed = vi.spyOn(console, 'error');
    const source = await open({ pollMs: 500, breakMs: 500 });
    const client = await startClient(server, { serviceName: 'survivor', port: 7151, metadata: { version: 'v1' } });
    await vi.waitFor(async () => expect(await portsOf(source, 'survivor')).toEqual([7151]), WITHIN);
    const { told } = listen(source, 'survivor');
    await vi.waitFor(() => expect(told).toEqual([[7151]]), WITHIN);
    await server.kill();
    const { told: toldUncached } = listen(source, 'never-seen');
    await expect(source.listInstances('survivor')).rejects.toMatchObject({ failure: 'UNREACHABLE' });
    await expect(source.listInstances('never-seen')).rejects.toMatchObject({ failure: 'UNREACHABLE' });
    await expect(source.listServices()).rejects.toMatchObject({ failure: 'UNREACHABLE' });
    expect(told).toEqual([[7151]]);
    expect(toldUncached).toEqual([]);
    await server.restart();
    await vi.waitFor(async () => expect(await portsOf(source, 'survivor')).toEqual([7151]), WITHIN);
    await vi.waitFor(() => expect(told.at(-1)).toEqual([7151]), WITHIN);
    await vi.waitFor(() => expect(toldUncached).toEqual([[]]), WITHIN);
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    client.kill('SIGKILL');
  });
});
