import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { pickFreePort } from '@grey/testkit';
import { expect, test } from 'vitest';
import { choosePorts } from './choose-ports.ts';

const HOST = '127.0.0.1';

test('a given port that is taken is explained, not replaced', async () => {
  const { port, free } = await occupy();
  await expect(choosePorts(HOST, 1, String(port))).rejects.toThrow(`Port ${port} is taken`);
  await free();
  expect(await choosePorts(HOST, 1, String(port))).toEqual([port]);
});

test('without a given port a free one is found', async () => {
  expect((await choosePorts(HOST, 1, ''))[0]).toBeGreaterThan(0);
  expect((await choosePorts(HOST, 1, '0'))[0]).toBeGreaterThan(0);
});

test('several ports are neighbours, and one that is taken is passed over', async () => {
  const { port, free } = await occupy();
  const first = port - 1;
  if ((await pickFreePort([first])) === first) {
    const ports = await choosePorts(HOST, 3, String(first));
    expect(ports[0]).toBe(first);
    expect(ports).not.toContain(port);
    expect(ports[1]).toBeGreaterThan(first);
    expect(ports[2]).toBeGreaterThan(ports[1] as number);
    expect(ports[2] as number).toBeLessThan(first + 40);
  }
  await free();
});

test('any free ports are different ones', async () => {
  expect(new Set(await choosePorts(HOST, 8, '0')).size).toBe(8);
});

async function occupy(): Promise<{ port: number; free: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  return { port, free: () => new Promise((resolve) => server.close(() => resolve())) };
}
