import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createTestDatabase } from '@grey/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';

let api: TestApi;
let gate: Gate;
beforeAll(async () => {
  const database = await createTestDatabase(inject('template'));
  gate = await openGate(new URL(database.connectionString));
  api = await startTestApi({ GREY_DATABASE_URL: gate.url });
});
afterAll(async () => {
  await gate.open();
  await api.close();
  gate.close();
});

test('with the database away every read and write says so, and all is well when it is back', async () => {
  await api.ask('POST', '/api/tenants', { id: 'before', name: 'Before' });
  gate.shut();
  const asked: [string, string, unknown?][] = [
    ['GET', '/api/tenants'],
    ['GET', '/api/changes'],
    ['GET', '/api/assignments/matrix'],
    ['POST', '/api/tenants', { id: 'meanwhile', name: 'Meanwhile' }],
    ['PATCH', '/api/tenants/before', { name: 'Changed' }],
    ['GET', '/api/services/pay/rules'],
    ['PUT', '/api/services/pay/rules/draft', { rules: [] }],
    ['POST', '/api/services/pay/rules/draft/publish', {}],
    ['POST', '/api/services/pay/rules/simulate', {}],
    ['GET', '/api/services/pay/experiments'],
    ['GET', '/api/lanes'],
    ['PUT', '/api/lanes/summer', { versions: [] }],
    ['PUT', '/api/services/pay/versions/1.0.0/flags', { flags: [] }],
    ['POST', '/api/auth/login', { username: 'admin', password: 'x' }],
  ];
  for (const [method, target, body] of asked) {
    const answer = await api.ask(method, target, body);
    expect([target, answer.status, answer.body.code]).toEqual([target, 503, 'DATABASE_UNAVAILABLE']);
  }
  expect((await api.ask('GET', '/api/auth/me')).status).toBe(200);
  await gate.open();
  expect((await api.ask('POST', '/api/tenants', { id: 'after', name: 'After' })).status).toBe(201);
  expect((await api.ask('GET', '/api/tenants/before')).body.name).toBe('Before');
});

interface Gate {
  readonly url: string;
  shut(): void;
  open(): Promise<void>;
  close(): void;
}

/** A door in front of PostgreSQL that can be shut: open connections are cut, new ones refused. */
async function openGate(target: URL): Promise<Gate> {
  const sockets = new Set<Socket>();
  let server: Server;
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server = createServer((near) => {
        const far = connect(Number(target.port), target.hostname);
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(one);
          one.on('error', () => other.destroy());
          one.on('close', () => {
            sockets.delete(one);
            other.destroy();
          });
          one.pipe(other);
        }
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const port = await listen(0);
  const url = new URL(target);
  url.port = String(port);
  const shut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    shut,
    open: async () => {
      if (!server.listening) await listen(port);
    },
    close: shut,
  };
}
