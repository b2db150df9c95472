import { pickFreePort } from '@grey/testkit';

const DEFAULT_PORT = 8080;
const TRIED_PORTS = 20;
const LAST_PORT = 65_535;

/**
 * The ports the replicas of the API will listen on. The first is GREY_PORT when given (0: any free one), else 8080 or the
 * next free one above it; the others are the next free ones above the first.
 *
 * @param count how many are needed
 * @throws Error in one sentence when GREY_PORT is taken
 */
export async function choosePorts(host: string, count: number, wanted = process.env.GREY_PORT): Promise<number[]> {
  const ports = [await chooseFirst(host, wanted)];
  while (ports.length < count) {
    const last = ports.at(-1) as number;
    ports.push(wanted === '0' ? await pickAnother(host, ports) : await pickFreePort(above(last), host));
  }
  return ports;
}

async function chooseFirst(host: string, wanted: string | undefined): Promise<number> {
  if (wanted === undefined || wanted === '') return pickFreePort([DEFAULT_PORT, ...above(DEFAULT_PORT)], host);
  const port = Number(wanted);
  if (port === 0) return pickFreePort([], host);
  // Anything that is no port at all is left to the API, which lists every fault of the environment at once.
  if (!Number.isInteger(port) || port < 1 || port > LAST_PORT) return port;
  if ((await pickFreePort([port], host)) === port) return port;
  throw new Error(`Port ${port} is taken by another program; stop that, or set GREY_PORT to a free one.`);
}

/** The same free port may be drawn twice, for nobody listens on it yet. */
async function pickAnother(host: string, taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await pickFreePort([], host);
    if (!taken.includes(port)) return port;
  }
}

function above(port: number): number[] {
  return Array.from({ length: TRIED_PORTS }, (_, index) => port + 1 + index).filter((one) => one <= LAST_PORT);
}
