import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from './database.ts';

let server: Server;
let database: Database;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    // One packet lets the session in and ends it: nobody has the connection yet when its end arrives.
    socket.once('data', () => socket.end(Buffer.concat([LET_IN, READY, TERMINATED])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  database = new Database(`postgresql://grey@127.0.0.1:${port}/grey`, 2);
});
afterAll(async () => {
  await database.close();
  server.close();
});

test('a server that dies the moment a connection is handed over makes the database unavailable, and ends nothing else', async () => {
  for (let time = 0; time < 5; time += 1) {
    const asked = [
      database.transaction((tx) => tx.$queryRaw`SELECT 1`),
      database.consistentRead((tx) => tx.$queryRaw`SELECT 1`),
      database.run((client) => client.$queryRaw`SELECT 1`),
    ];
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE' } });
  }
});

/** A message of the server: its type and its body, behind their length. */
function messageOf(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
const LET_IN = messageOf('R', Buffer.alloc(4));
const READY = messageOf('Z', Buffer.from('I'));
const TERMINATED = messageOf(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);
