import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Gate {
  readonly url: string;
  shut(): void;
  /** Connections stay and new ones are taken, but nothing is answered any more, until it is shut. */
  stall(): void;
  open(): Promise<void>;
  close(): void;
}

/** A door in front of PostgreSQL that can be shut: open connections are cut, new ones refused. */
export async function openGate(target: URL): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isStalled = false;
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
          if (isStalled) one.pause();
          else one.pipe(other);
        }
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const port = await listen(0);
  const url = new URL(target);
  url.port = String(port);
  const stall = () => {
    isStalled = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  const shut = () => {
    isStalled = false;
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    shut,
    stall,
    open: async () => {
      if (!server.listening) await listen(port);
    },
    close: shut,
  };
}
