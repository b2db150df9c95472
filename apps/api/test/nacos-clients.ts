import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { RunningNacos } from '@grey/testkit';
import type { NacosSourceSettings } from '../src/registry/sources/nacos-settings.ts';
import { openNacosSource } from '../src/registry/sources/open-nacos-source.ts';
import { NacosByHttp } from './nacos-by-http.ts';
import type { SourceHarness } from './registry-source-contract.ts';

/** Settings of a source of this server, with the given changes. */
export function settingsFor(server: RunningNacos, changes: Partial<NacosSourceSettings> = {}): NacosSourceSettings {
  return { urls: [server.url], ...server.credentials, ...changes };
}

/** Starts a client process that registers these instances with the npm package; resolves when they are. */
export async function startClient(server: RunningNacos, ...instances: readonly object[]): Promise<ChildProcess> {
  const child = fork(
    path.join(import.meta.dirname, 'nacos-client.mjs'),
    [new URL(server.url).host, ...instances.map((instance) => JSON.stringify({ ip: '127.0.0.1', ...instance }))],
    { env: { NACOS_USERNAME: server.credentials?.username, NACOS_PASSWORD: server.credentials?.password } },
  );
  await once(child, 'message');
  return child;
}

/** Registers by the npm package within this process. */
export async function openPackageHarness(
  server: RunningNacos,
  settings: Partial<NacosSourceSettings>,
): Promise<SourceHarness> {
  const { NacosNamingClient } = await import('nacos');
  const silent = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Console;
  const client = new NacosNamingClient({
    logger: silent,
    serverList: new URL(server.url).host,
    namespace: 'public',
    ...server.credentials,
  });
  await client.ready();
  const source = await openNacosSource(settingsFor(server, settings));
  const instanceOf = (port: number, metadata = {}) => ({ ip: '127.0.0.1', port, metadata }) as never;
  return {
    source,
    register: (serviceName, port, metadata) => client.registerInstance(serviceName, instanceOf(port, metadata)),
    deregister: (serviceName, port) => client.deregisterInstance(serviceName, instanceOf(port)),
    async close() {
      await source.close();
      await (client as unknown as { close(): Promise<void> }).close();
    },
  };
}

/** Registers by HTTP, and beats. */
export async function openHttpHarness(
  server: RunningNacos,
  settings: Partial<NacosSourceSettings>,
): Promise<SourceHarness> {
  const nacos = new NacosByHttp(server);
  if (server.credentials !== undefined) await nacos.logIn();
  const source = await openNacosSource(settingsFor(server, settings));
  return {
    source,
    register: (serviceName, port, metadata = {}) => nacos.register({ serviceName, port, metadata }, true),
    deregister: (serviceName, port) => nacos.deregister({ serviceName, port }),
    async close() {
      nacos.close();
      await source.close();
    },
  };
}
