import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type NacosProxy, startNacosProxy } from '../../../test/nacos-proxy.ts';
import { listen } from '../../../test/registry-source-contract.ts';
import { openNacosSource } from './open-nacos-source.ts';
import type { RegistrySource } from './registry-source.ts';

const run = promisify(execFile);
const NO_POLL_MS = 600_000;

/** What no real server can be made to do on command: here a stub speaks for it, and a socket of the test pushes. */
describe('A source by the v1 API', () => {
  let server: NacosProxy;
  let ports: Record<string, number[]>;
  let source: RegistrySource | undefined;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    ports = {};
    server = await startNacosProxy();
    server.act = ({ target }) => {
      const url = new URL(target, server.url);
      if (url.pathname.endsWith('/service/list')) return { status: 200, body: '{"count":0,"doms":[]}' };
      const name = url.searchParams.get('serviceName') as string;
      const hosts = (ports[name] ?? []).map((port) => ({ ip: '127.0.0.1', port, healthy: true }));
      return { status: 200, body: JSON.stringify({ name, clusters: '', cacheMillis: 10_000, hosts }) };
    };
  });
  afterEach(async () => {
    await source?.close();
    source = undefined;
    for (const socket of sockets.splice(0)) socket.close();
    await server.close();
  });

  /** Sends a push as the server would, from the given address. */
  async function push(name: string, packet: (text: string) => Uint8Array = Buffer.from, from = '127.0.0.1') {
    const asked = server.seen.find((one) => /udpPort=[1-9]/.test(one.target))?.target as string;
    const udpPort = Number(new URL(asked, server.url).searchParams.get('udpPort'));
    const socket = createSocket('udp4');
    sockets.push(socket);
    socket.bind(0, from);
    await once(socket, 'listening');
    const data = JSON.stringify({ name, clusters: '', hosts: [] });
    socket.send(packet(JSON.stringify({ type: 'dom', data, lastRefTime: 1 })), udpPort, '127.0.0.1');
    return socket;
  }

  async function subscribed(): Promise<number[][]> {
    ports['DEFAULT_GROUP@@orders'] = [1];
    source = await openNacosSource({ urls: [server.url], pollMs: NO_POLL_MS });
    const { told } = listen(source, 'orders');
    await vi.waitFor(() => expect(told).toEqual([[1]]));
    return told;
  }

  test('leaves nothing behind that would keep the process, and listens on loopback for a server on loopback', async () => {
    const script = path.join(import.meta.dirname, '../../../test/open-and-close-nacos.mjs');
    const { stdout } = await run(process.execPath, [script, server.url]);
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^udp/), 'closed']);
    if (process.platform === 'linux') expect(stdout).toContain('udp 127.0.0.1\n');
  });

  test('reads when it is pushed, and acknowledges', async () => {
    const told = await subscribed();
    ports['DEFAULT_GROUP@@orders'] = [1, 2];
    const socket = await push('DEFAULT_GROUP@@orders', gzipSync);
    const [acknowledgement] = await once(socket, 'message');
    expect(JSON.parse(String(acknowledgement))).toMatchObject({ type: 'push-ack' });
    await vi.waitFor(() => expect(told).toEqual([[1], [1, 2]]));
  });

  test('does not believe a push that says a service is empty', async () => {
    const told = await subscribed();
    const before = server.seen.length;
    await push('DEFAULT_GROUP@@orders');
    await vi.waitFor(() => expect(server.seen.length).toBeGreaterThan(before));
    ports['DEFAULT_GROUP@@orders'] = [1, 3];
    await push('DEFAULT_GROUP@@orders');
    await vi.waitFor(() => expect(told).toEqual([[1], [1, 3]]));
  });

  test('hears no strangers, and survives garbage', async () => {
    const told = await subscribed();
    const before = server.seen.length;
    await push('DEFAULT_GROUP@@orders', Buffer.from, '127.0.0.2');
    await push('DEFAULT_GROUP@@orders', () => Buffer.from('{"type":"dom","data":'));
    await push('DEFAULT_GROUP@@orders', () => gzipSync(Buffer.alloc(8 * 1024 * 1024)));
    await push('OTHER@@orders');
    await push('DEFAULT_GROUP@@unknown');
    ports['DEFAULT_GROUP@@orders'] = [4];
    await push('DEFAULT_GROUP@@orders');
    await vi.waitFor(() => expect(told).toEqual([[1], [4]]));
    expect(server.seen.length).toBe(before + 1);
  });
});
