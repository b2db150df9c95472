import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const BEAT_MS = 2_000;

/** Real little services that are known to Nacos only: they register there, and beat as long as they live. */
export class NacosFleet {
  readonly #url: string;
  readonly #servers: Server[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error when Nacos does not take the registration */
  async add(of: { serviceName: string; version: string }): Promise<void> {
    const server = createServer((_, response) => response.end(of.version));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    const form = {
      serviceName: of.serviceName,
      ip: '127.0.0.1',
      port: String((server.address() as AddressInfo).port),
      metadata: JSON.stringify({ version: of.version }),
    };
    await this.#post(form);
    // A beat for an instance that Nacos has forgotten registers it again.
    const beat = () => this.#post({ ...form, heartBeat: 'true' }).catch(() => this.#post(form).catch(() => undefined));
    this.#timers.push(setInterval(() => void beat(), BEAT_MS));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #post(form: Record<string, string>): Promise<void> {
    const response = await fetch(`${this.#url}/nacos/v3/client/ns/instance`, {
      method: 'POST',
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(5_000),
    });
    const text = await response.text();
    if (!response.ok || (JSON.parse(text) as { code: number }).code !== 0) throw new Error(text);
  }
}
