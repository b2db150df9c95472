import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request in place of the service. @returns false to let the service answer after all */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A tenant-management service on loopback: pages by cursor, entity tags, a bearer token. */
export interface TenantService {
  readonly url: string;
  readonly token: string;
  /** What it lists; tests replace and change it. */
  tenants: unknown[];
  pageSize: number;
  fault: Fault | undefined;
  /** Path, query and condition of every request so far. */
  readonly requests: { readonly target: string; readonly condition: string | undefined }[];
  close(): Promise<void>;
}

export async function startTenantService(tenants: unknown[] = []): Promise<TenantService> {
  const server = createServer(async (request, response) => {
    const condition = request.headers['if-none-match'];
    service.requests.push({ target: request.url ?? '', condition });
    if (service.fault !== undefined && (await service.fault(request, response))) return;
    answer(service, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const service: TenantService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'token-of-the-tests',
    tenants,
    pageSize: 500,
    fault: undefined,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return service;
}

function answer(service: TenantService, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', service.url);
  const isKnown = request.headers.authorization === `Bearer ${service.token}`;
  if (pathname !== '/api/tenants' || !isKnown) {
    sendJson(response, { error: 'no' }, isKnown ? 404 : 401);
    return;
  }
  const from = Number(searchParams.get('cursor') ?? 0);
  const to = from + service.pageSize;
  const body = {
    items: service.tenants.slice(from, to),
    nextCursor: to < service.tenants.length ? String(to) : null,
  };
  const etag = `"${createHash('sha1').update(JSON.stringify(body)).digest('hex')}"`;
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else sendJson(response, body);
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Tenants `t0001 …` as such a service lists them. */
export function makeTenants(count: number): { id: string; name: string; tags: string[] }[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `t${String(index + 1).padStart(5, '0')}`;
    return { id, name: `Tenant ${index + 1}`, tags: ['synced'] };
  });
}
