import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SourceTenant {
  readonly id: string;
  readonly name?: string;
  readonly tier?: string;
}

/** A tenant-management service with a list that the test decides. */
export interface TenantSource {
  readonly url: string;
  readonly token: string;
  /** What it lists from now on. */
  list(tenants: readonly SourceTenant[]): void;
  /** Answers with this status instead, until it is given a list again. */
  refuse(status: number): void;
  stop(): Promise<void>;
}

export async function startTenantSource(): Promise<TenantSource> {
  const token = 'token-of-the-tenant-source';
  let tenants: readonly SourceTenant[] = [];
  let refusal: number | undefined;
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${token}` && request.url?.startsWith('/api/tenants');
    response.statusCode = isKnown ? (refusal ?? 200) : 401;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(response.statusCode === 200 ? { items: tenants, nextCursor: null } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    list: (next) => {
      tenants = next;
      refusal = undefined;
    },
    refuse: (status) => {
      refusal = status;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
