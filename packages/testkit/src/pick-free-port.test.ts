import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { pickFreePort } from './pick-free-port.ts';

test('a preferred port that is taken is passed over', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const taken = (server.address() as AddressInfo).port;
  try {
    expect(await pickFreePort([taken])).not.toBe(taken);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(await pickFreePort([taken])).toBe(taken);
});

test.runIf(process.platform === 'linux')('the kernel gives a picked port to no outgoing connection', async () => {
  const [first] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number);
  for (let i = 0; i < 100; i++) expect(await pickFreePort()).toBeLessThan(first as number);
});
