import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallProduct } from './call-product.ts';

/** How long the registry waits for a heartbeat: short, so that a killed instance is gone within a test. */
const TTL_MS = 1_500;
const HEARTBEAT_MS = 400;

export interface TinyInstance {
  readonly instanceId: string;
  /** `host:port` it listens on. */
  readonly address: string;
  /** Stops listening and beating without a word to the registry, as a crash would. */
  kill(): Promise<void>;
}

/**
 * A real HTTP service of one page that says its version, registers at the built-in registry and beats. It registers
 * again when the registry has forgotten it, and goes on trying while the API is away.
 */
export async function startTinyInstance(
  call: CallProduct,
  of: { serviceId: string; version: string; instanceId: string },
): Promise<TinyInstance> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(of));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const register = () => call('POST', '/api/registry/instances', { ...of, address, ttlMs: TTL_MS });
  await register();
  const timer = setInterval(() => {
    call('PUT', `/api/registry/instances/${of.instanceId}/heartbeat`, {}).catch(() =>
      register().catch(() => undefined),
    );
  }, HEARTBEAT_MS);
  return {
    instanceId: of.instanceId,
    address,
    kill: () => {
      clearInterval(timer);
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
