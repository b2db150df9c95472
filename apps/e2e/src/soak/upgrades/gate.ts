import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A door in front of a server on loopback. */
export interface Gate {
  readonly port: number;
  /** Connections stay and new ones are taken, but nothing goes through, as when packets are lost. */
  stall(): void;
  /** What was stalled is cut, and new connections go through. */
  open(): void;
  close(): void;
}

export async function openGate(target: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    stall: () => {
      isStalled = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    open: () => {
      isStalled = false;
      cutAll();
    },
    close: () => {
      server.close();
      cutAll();
    },
  };
}
