import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callerFor } from '../../call-product.ts';

const HEARTBEAT_MS = 1_000;
const TTL_MS = 15_000;

/** Real little services that beat at whichever replica is there, and register again when nobody knows them. */
export class BeatingFleet {
  readonly #urls: readonly string[];
  readonly #key: string;
  readonly #servers: Server[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(urls: readonly string[], registryKey: string) {
    this.#urls = urls;
    this.#key = registryKey;
  }

  async add(of: { serviceId: string; version: string; instanceId: string }): Promise<void> {
    const server = createServer((_, response) => response.end(of.version));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const register = (url: string) =>
      callerFor(url, this.#key)('POST', '/api/registry/instances', { ...of, address, ttlMs: TTL_MS });
    await register(this.#urls[0]!);
    this.#timers.push(setInterval(() => void this.#beat(of.instanceId, register), HEARTBEAT_MS));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** At the first replica that answers, as behind a balancer. */
  async #beat(instanceId: string, register: (url: string) => Promise<unknown>): Promise<void> {
    for (const url of this.#urls) {
      const call = callerFor(url, this.#key);
      const isKnown = await call('PUT', `/api/registry/instances/${instanceId}/heartbeat`, {}).then(
        () => true,
        () => false,
      );
      if (isKnown) return;
      const isRegistered = await register(url).then(
        () => true,
        () => false,
      );
      if (isRegistered) return;
    }
  }
}
