/** One instance of a demo service: a small HTTP server that keeps itself registered. Configured over the channel. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from './api-client.ts';

export interface InstanceOptions {
  readonly apiUrl: string;
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
  const client = new ApiClient(options.apiUrl, options.registryKey);
  const path = `/api/registry/instances/${options.instanceId}`;
  const registration = {
    serviceId: options.serviceId,
    instanceId: options.instanceId,
    version: options.version,
    address: `127.0.0.1:${port}`,
    metadata: { region: options.region, environment: 'demo' },
    healthCheck: { endpoint: '/health', interval: '5s', timeout: '1s' },
    ttlMs: TTL_MS,
  };
  let isRegistered = false;
  const beat = async () => {
    try {
      if (isRegistered) isRegistered = (await client.call('PUT', `${path}/heartbeat`, {})).status === 200;
      // The registry forgot it, for instance because the API was restarted.
      if (!isRegistered)
        isRegistered = (await client.expect('POST', '/api/registry/instances', registration)).status < 300;
    } catch (error) {
      isRegistered = false;
      console.warn(String(error));
    }
  };
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  process.once('SIGTERM', async () => {
    clearInterval(timer);
    await client.call('DELETE', path).catch(() => undefined);
    process.exit(0);
  });
}
