import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const FIRST_PORT = 10_000;
const TRIES = 50;
/** What Linux takes for outgoing connections when it does not say. */
const DEFAULT_EPHEMERAL = 32_768;

/**
 * Finds a TCP port nobody listens on, below those the kernel gives to outgoing connections: a server that is stopped and
 * started again on its port would otherwise now and then find somebody's connection there.
 *
 * @param preferred ports to try first, in this order; when all are taken one is drawn
 * @param host address the port must be free on
 * @returns a port number that was free a moment ago (whoever binds it must still expect to lose a race)
 */
export async function pickFreePort(preferred: readonly number[] = [], host = '127.0.0.1'): Promise<number> {
  for (const port of preferred) {
    if (await canListen(port, host)) return port;
  }
  const end = firstEphemeralPort();
  for (let tried = 0; tried < TRIES && end > FIRST_PORT; tried++) {
    const drawn = randomInt(FIRST_PORT, end);
    if (await canListen(drawn, host)) return drawn;
  }
  const port = await listenOnce(0, host);
  if (port === undefined) throw new Error(`No free TCP port on ${host}`);
  return port;
}

function firstEphemeralPort(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10) || DEFAULT_EPHEMERAL;
  } catch {
    return DEFAULT_EPHEMERAL;
  }
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
