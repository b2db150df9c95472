import { type AddressInfo, createServer, type Server } from 'node:net';
import { needsNacos, type RunningNacos, startNacos } from '@grey/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NacosByHttp } from '../../test/nacos-by-http.ts';
import { settingsFor, startClient } from '../../test/nacos-clients.ts';
import { openNacosSource } from './sources/open-nacos-source.ts';
import { startReplica, type TestReplica } from './testing/start-replica.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 45_000, interval: 50 });
const INTERVAL_MS = 5_000;

describe.each([2, 3] as const)('the sync with a real Nacos %i', needsNacos(), (generation) => {
  let nacos: RunningNacos;
  let http: NacosByHttp;
  const replicas: TestReplica[] = [];
  const servers = new Map<number, Server>();

  const listen = async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    servers.set(port, server);
    return port;
  };
  const start = async (serviceIds: readonly string[]) => {
    const openSource = () => openNacosSource(settingsFor(nacos, { retryDelayMs: 50, breakMs: 500 }));
    const replica = await startReplica({ openSource, intervalMs: INTERVAL_MS });
    replicas.push(replica);
    for (const serviceId of serviceIds) replica.router.services.set(serviceId, ['v1', 'v2']);
    return replica;
  };
  const routable = (replica: TestReplica, serviceId: string) =>
    (replica.router.instances.get(serviceId) ?? [])
      .filter((one) => one.isEnabled && one.health !== 'unhealthy')
      .map((one) => Number(one.address.split(':')[1]))
      .sort((x, y) => x - y);

  beforeAll(async () => {
    nacos = await startNacos({ generation });
    http = new NacosByHttp(nacos);
  }, 300_000);
  afterEach(async () => {
    for (const replica of replicas.splice(0)) await replica.stop();
  });
  afterAll(async () => {
    for (const server of servers.values()) server.close();
    http?.close();
    await nacos?.stop();
  });

  it('follows real clients: registered, deregistered, killed', async () => {
    const [a, b, c] = [await listen(), await listen(), await listen()];
    const quick = { 'preserved.heart.beat.timeout': '2000', 'preserved.ip.delete.timeout': '4000' };
    const metadata = { version: 'v2', ...quick, 'preserved.heart.beat.interval': '1000' };
    const client = await startClient(nacos, { serviceName: 'orders', port: a, weight: 2, metadata });
    await http.register({ serviceName: 'orders', port: b, metadata: { version: 'v1' } }, true);
    await http.register({ serviceName: 'orders', port: c, metadata: { version: 'v1' } }, true);
    const replica = await start(['orders']);
    await until(() => expect(routable(replica, 'orders')).toEqual([a, b, c].sort((x, y) => x - y)));
    const first = replica.router.instances.get('orders')?.find((one) => one.version === 'v2');
    expect(first).toMatchObject({ weight: 200, health: 'healthy' });
    await http.deregister({ serviceName: 'orders', port: c });
    await until(() => expect(routable(replica, 'orders')).toHaveLength(2));
    client.kill('SIGKILL');
    await until(() => expect(routable(replica, 'orders')).toEqual([b]));
  });

  it('goes on without its server, takes out the dead itself, and is back when the server is', async () => {
    const [a, b] = [await listen(), await listen()];
    for (const port of [a, b]) await http.register({ serviceName: 'bills', port, metadata: { version: 'v1' } }, true);
    const replica = await start(['bills']);
    await until(() => expect(routable(replica, 'bills')).toHaveLength(2));
    const emptied = vi.fn();
    replica.registry.onChanged((event) => event.serviceId === 'bills' && event.instanceCount === 0 && emptied());
    const nacosNow = async () => (await replica.discovery.listSources()).items.find((one) => one.id === 'nacos')!;
    await nacos.kill();
    await until(async () => expect((await nacosNow()).state).toBe('stale'));
    expect(routable(replica, 'bills')).toHaveLength(2);
    await new Promise((resolve) => servers.get(b)!.close(resolve));
    await until(() => expect(routable(replica, 'bills')).toEqual([a]));
    const c = await listen();
    await nacos.restart();
    await http.register({ serviceName: 'bills', port: c, metadata: { version: 'v1' } }, true);
    await until(async () => expect(await nacosNow()).toMatchObject({ state: 'up', error: null }));
    await until(() => expect(routable(replica, 'bills')).toEqual([a, c].sort((x, y) => x - y)));
    expect(emptied).not.toHaveBeenCalled();
  });

  // Once is enough: what costs time is ours, not the server's.
  if (generation === 3) {
    it('takes in 200 services of 5 instances', async () => {
      const names = Array.from({ length: 200 }, (_, at) => `many-${at}`);
      const instances = names.flatMap((serviceName) =>
        [1, 2, 3, 4, 5].map((port) => ({ serviceName, port, metadata: { version: 'v1' } })),
      );
      const client = await startClient(nacos, ...instances);
      const replica = await start(names);
      const startedAt = performance.now();
      await until(() => expect(replica.registry.countOf('nacos')).toBe(1000));
      console.log(
        `   Nacos ${generation}: 1 000 instances known after ${Math.round(performance.now() - startedAt)} ms`,
      );
      client.kill();
    });
  }
});
