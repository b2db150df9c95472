import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { choosePort } from './choose-port.ts';

test('a given port that is taken is explained, not replaced', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(choosePort('127.0.0.1', String(port))).rejects.toThrow(`Port ${port} is taken`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(await choosePort('127.0.0.1', String(port))).toBe(port);
});

test('without a given port a free one is found', async () => {
  expect(await choosePort('127.0.0.1', '')).toBeGreaterThan(0);
  expect(await choosePort('127.0.0.1', '0')).toBeGreaterThan(0);
});
