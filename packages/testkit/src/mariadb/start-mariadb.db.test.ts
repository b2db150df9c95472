import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../find-process.ts';
import { findMariadb, needsMariadb } from './find-mariadb.ts';
import { startMariadb } from './start-mariadb.ts';

describe('a private MariaDB', needsMariadb(), () => {
  test('greets on loopback, comes back after a kill, and leaves nothing behind', async () => {
    const server = await startMariadb();
    const { pid, socket } = server;
    try {
      expect(await readGreeting(server.port)).toMatch(/MariaDB/);
      await server.kill();
      expect(isAlive(pid)).toBe(false);
      await server.restart();
      expect(server.pid).not.toBe(pid);
      expect(await readGreeting(server.port)).toMatch(/MariaDB/);
    } finally {
      await server.stop();
    }
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(path.dirname(socket))).toBe(false);
  });
});

test('where there is none, the reason of the check is given', () => {
  const found = findMariadb({ PATH: '', GREY_MARIADB_MISSING: 'no network' });
  if ('reason' in found) expect(found.reason).toBe('no network');
  else expect(found.programs.server).toMatch(/mariadbd$/);
});

/** A server speaks first, and its first words name its version. */
async function readGreeting(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection({ host: '127.0.0.1', port });
    connection.once('error', reject);
    connection.once('data', (bytes) => {
      connection.destroy();
      resolve(bytes.toString('latin1'));
    });
  });
}
