import { createServer } from 'node:net';

/**
 * Finds a TCP port nobody listens on.
 *
 * @param preferred ports to try first, in this order; when all are taken the kernel picks one
 * @param host address the port must be free on
 * @returns a port number that was free a moment ago (whoever binds it must still expect to lose a race)
 */
export async function pickFreePort(preferred: readonly number[] = [], host = '127.0.0.1'): Promise<number> {
  for (const port of preferred) {
    if (await canListen(port, host)) return port;
  }
  const port = await listenOnce(0, host);
  if (port === undefined) throw new Error(`No free TCP port on ${host}`);
  return port;
}

async function canListen(port: number, host: string): Promise<boolean> {
  return (await listenOnce(port, host)) !== undefined;
}

function listenOnce(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
