import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Registrar } from './registrar.ts';

const registration = { instanceId: 'payment-1', serviceId: 'payment' };
const servers: Server[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

test('an instance registers once, and then only says that it lives', async () => {
  const registry = await openRegistry();
  const registrar = new Registrar([registry.url], 'key', registration);
  await registrar.beat();
  await registrar.beat();
  expect(registry.calls).toEqual(['POST', 'PUT']);
});

test('an instance that the registry has forgotten registers again within the same beat', async () => {
  const registry = await openRegistry();
  const registrar = new Registrar([registry.url], 'key', registration);
  await registrar.beat();
  registry.known.clear();
  await registrar.beat();
  expect(registry.calls).toEqual(['POST', 'PUT', 'POST']);
});

test('when its replica is gone an instance goes on at the next, which knows it already', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const [first, second] = [await openRegistry(), await openRegistry()];
  const registrar = new Registrar([first.url, second.url], 'key', registration);
  await registrar.beat();
  second.known.add('payment-1');
  first.server.closeAllConnections();
  await new Promise((resolve) => first.server.close(resolve));
  await registrar.beat();
  await registrar.leave();
  expect([first.calls, second.calls]).toEqual([['POST'], ['PUT', 'DELETE']]);
});

/** The three calls of a registry, and which of them came. */
async function openRegistry() {
  const known = new Set<string>();
  const calls: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    calls.push(request.method as string);
    if (request.method === 'POST') known.add('payment-1');
    const isKnown = known.has('payment-1');
    response.writeHead(isKnown ? 200 : 404, { connection: 'close' }).end('{}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, known, calls };
}
