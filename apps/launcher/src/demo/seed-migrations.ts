import type { ApiClient } from './api-client.ts';
import { demoTenantSchemas, migratedService } from './catalogue.ts';
import { readDemoFiles } from './read-demo-migrations.ts';
import { DEMO_TENANT_HOST, type TenantServer } from './tenant-server.ts';

/** How many are asked for at a time. */
const AT_ONCE = 6;

/** Says which migrations the new version brings, unless somebody has. */
export async function seedMigrations(admin: ApiClient, reason: string): Promise<void> {
  const { serviceId, version, schema } = migratedService;
  const path = `/api/services/${serviceId}/versions/${version}/migrations`;
  if ((await admin.call('GET', path)).status !== 404) return;
  const files = await readDemoFiles();
  await admin.expect('PUT', path, { engine: 'postgres', files, schemaVersion: schema, reason });
}

/** Says where the schemas of tenants are; the API keeps the credentials encrypted. What is said already stays. */
export async function seedDataSources(admin: ApiClient, server: TenantServer, reason: string): Promise<void> {
  const { serviceId } = migratedService;
  const { port, database, user, password } = server;
  const place = { engine: 'postgres', host: DEMO_TENANT_HOST, port, database, tls: 'off', user, password };
  await inPortions(demoTenantSchemas, ({ tenantId, schema }) =>
    admin.expect('POST', '/api/data-sources', { tenantId, serviceId, ...place, schema, reason }, [
      'DATA_SOURCE_EXISTS',
    ]),
  );
}

/** Leads the data sources that are on the demo's server to the port it has now. */
export async function followServer(admin: ApiClient, { port, database, user, password }: TenantServer): Promise<void> {
  const path = `/api/data-sources?host=${DEMO_TENANT_HOST}&serviceId=${migratedService.serviceId}&limit=100`;
  const { items } = (await admin.expect('GET', path)).body as {
    items: { id: string; port: number; database: string }[];
  };
  const reason = 'The embedded server of the demo has another port';
  const moved = items.filter((one) => one.database === database && one.port !== port);
  await inPortions(moved, ({ id }) =>
    admin.expect('PATCH', `/api/data-sources/${id}`, { port, user, password, reason }),
  );
}

async function inPortions<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(work));
}
