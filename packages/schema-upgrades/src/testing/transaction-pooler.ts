import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What PgBouncer does with `pool_mode = transaction`: a process of the server goes to another client after each transaction. */
export interface TransactionPooler {
  readonly port: number;
  stop(): Promise<void>;
}

/** PostgreSQL's chapter "Frontend/Backend Protocol": message types, and the state in which a server waits for the next query. */
const [KEY_DATA, READY, IDLE, TERMINATE] = ['K', 'Z', 'I', 'X'].map((letter) => letter.charCodeAt(0));

/** Stands before the server at a port of this machine, which must trust everybody. */
export async function startTransactionPooler(serverPort: number): Promise<TransactionPooler> {
  const free: Socket[] = [];
  const sockets = new Set<Socket>();
  /** Who gets what a process says; nobody between two transactions. */
  const clients = new Map<Socket, Socket>();

  const listen = (process: Socket) => {
    let rest: Buffer = Buffer.alloc(0);
    let isNew = true;
    process.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let length = 0; rest.length >= 5 && rest.length > rest.readInt32BE(1); rest = rest.subarray(length)) {
        length = rest.readInt32BE(1) + 1;
        // The process goes by a number of the pooler's own.
        if (rest[0] === KEY_DATA) rest.writeInt32BE(987_654_321, 5);
        clients.get(process)?.write(rest.subarray(0, length));
        if (rest[0] !== READY || rest[5] !== IDLE) continue;
        clients.delete(process);
        // One that has just been made is the last to be given away, as it would not have been made where another was free.
        if (isNew) free.unshift(process);
        else free.push(process);
        isNew = false;
      }
    });
  };
  const serve = (client: Socket) => {
    let process: Socket | undefined = connect(serverPort, '127.0.0.1');
    const first = process;
    sockets.add(client).add(process);
    clients.set(process, client);
    listen(process);
    for (const socket of [client, process]) socket.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => {
      if (chunk[0] === TERMINATE) return;
      if (process === undefined || clients.get(process) !== client) process = free.pop() ?? first;
      clients.set(process, client);
      process.write(chunk);
    });
  };
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
