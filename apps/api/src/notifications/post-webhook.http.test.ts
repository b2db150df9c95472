import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AddressGuard, AddressRefused, type Resolve } from '../infra/net/address-guard.ts';
import { postWebhook } from './post-webhook.ts';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';

let http: HttpReceiver;
beforeAll(async () => {
  http = await startHttpReceiver();
});
afterAll(() => http.close());

const port = () => new URL(http.url).port;
const post = (guard: AddressGuard, url: string, timeoutMs = 5_000) =>
  postWebhook(guard, { url, body: '{}', headers: { 'Content-Type': 'application/json' }, timeoutMs });
const answering =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: 4 }));

test('the connection goes to the address that was judged, whatever the name means elsewhere', async () => {
  let asked = 0;
  const guard = new AddressGuard(['127.0.0.1'], async (host) => {
    asked += 1;
    return asked === 1 && host === 'moving.invalid' ? [{ address: '127.0.0.1', family: 4 }] : [];
  });
  expect(await post(guard, `http://moving.invalid:${port()}/x`)).toEqual({ status: 204, body: '' });
  expect(asked).toBe(1);
  expect(http.received.at(-1)?.headers.host).toBe(`moving.invalid:${port()}`);
});

test('http is refused where it is not listed, before anything is sent', async () => {
  const guard = new AddressGuard([], answering('93.184.216.34'));
  await expect(post(guard, 'http://public.example/')).rejects.toThrow('http is only for addresses');
  const mixed = new AddressGuard(['127.0.0.1'], answering('127.0.0.1', '93.184.216.34'));
  await expect(post(mixed, `http://mixed.example:${port()}/`)).rejects.toThrow(AddressRefused);
});

test('a name server that does not answer is given up in time', async () => {
  const guard = new AddressGuard([], () => new Promise(() => {}));
  await expect(post(guard, 'https://slow.example/', 100)).rejects.toThrow('no answer within 100 ms');
});

test('the end of an answer is not waited for', async () => {
  const guard = new AddressGuard(['127.0.0.1']);
  http.answer = (response) => {
    response.writeHead(200);
    response.write('x'.repeat(200_000));
  };
  const { body } = await post(guard, http.url);
  expect(body.length).toBe(65_536);
});

test('https goes no further with a receiver that cannot show who it is', async () => {
  const plain = createServer((socket) => socket.end('no TLS here'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const guard = new AddressGuard(['127.0.0.1']);
  const address = plain.address() as { port: number };
  await expect(post(guard, `https://127.0.0.1:${address.port}/`)).rejects.toThrow();
  plain.close();
});
