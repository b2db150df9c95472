/** One instance of a demo service: a small HTTP server that keeps itself registered. Configured over the channel. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registrar } from './registrar.ts';

export interface InstanceOptions {
  /** Replicas of the API; with a discovery that they share it registers at the first that answers, else at each. */
  readonly apiUrls: readonly string[];
  readonly isDiscoveryShared: boolean;
  readonly registryKey: string;
  readonly serviceId: string;
  readonly instanceId: string;
  readonly version: string;
  readonly region: string;
}

const HEARTBEAT_MS = 2_000;
const TTL_MS = 6_000;

process.once('message', (options: InstanceOptions) => run(options));

function run(options: InstanceOptions): void {
  const { serviceId, instanceId, version } = options;
  let answeredCount = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (request.url === '/health') return response.end('{"status":"up"}\n');
    answeredCount += 1;
    const tenantId = request.headers['x-tenant-id'] ?? null;
    const answer = { serviceId, version, instanceId, pid: process.pid, tenantId, path: request.url, answeredCount };
    response.end(`${JSON.stringify(answer)}\n`);
  });
  server.listen(0, '127.0.0.1', () => {
    stayRegistered(options, (server.address() as AddressInfo).port);
  });
}

function stayRegistered(options: InstanceOptions, port: number): void {
  const registration = {
    serviceId: options.serviceId,
    instanceId: options.instanceId,
    version: options.version,
    address: `127.0.0.1:${port}`,
    metadata: { region: options.region, environment: 'demo' },
    healthCheck: { endpoint: '/health', interval: '5s', timeout: '1s' },
    ttlMs: TTL_MS,
  };
  const { apiUrls, isDiscoveryShared, registryKey } = options;
  const groups = isDiscoveryShared ? [apiUrls] : apiUrls.map((url) => [url]);
  const registrars = groups.map((urls) => new Registrar(urls, registryKey, registration));
  const beat = () => void Promise.all(registrars.map((registrar) => registrar.beat()));
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  process.once('SIGTERM', async () => {
    clearInterval(timer);
    await Promise.all(registrars.map((registrar) => registrar.leave()));
    process.exit(0);
  });
}
