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
