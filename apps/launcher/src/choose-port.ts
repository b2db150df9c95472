import { pickFreePort } from '@grey/testkit';

const DEFAULT_PORT = 8080;
const TRIED_PORTS = 20;

/**
 * The port the API will listen on: GREY_PORT when given (0: any free one), else 8080 or the next free one above it.
 *
 * @throws Error in one sentence when GREY_PORT is taken
 */
export async function choosePort(host: string, wanted = process.env.GREY_PORT): Promise<number> {
  if (wanted === undefined || wanted === '') {
    return pickFreePort(
      Array.from({ length: TRIED_PORTS }, (_, index) => DEFAULT_PORT + index),
      host,
    );
  }
  const port = Number(wanted);
  if (port === 0) return pickFreePort([], host);
  // Anything that is no port at all is left to the API, which lists every fault of the environment at once.
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return port;
  if ((await pickFreePort([port], host)) === port) return port;
  throw new Error(`Port ${port} is taken by another program; stop that, or set GREY_PORT to a free one.`);
}
