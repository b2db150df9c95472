import type { ApiClient } from './api-client.ts';
import { demoAssignments, demoServices, demoTenants } from './catalogue.ts';
import { seedDataSources, seedMigrations } from './seed-migrations.ts';
import { seedRouting } from './seed-routing.ts';
import type { TenantServer } from './tenant-server.ts';

const REASON = 'Demo data of the first start';

/**
 * Creates the demo's services, versions, tenants, assignments and what else decides over the public API.
 *
 * May be repeated after an interruption: what is there stays as it is, whoever made it.
 *
 * @param admin client with an administrator's session
 * @param tenantServer where the tenants' schemas lie
 */
export async function seedDemo(admin: ApiClient, tenantServer: TenantServer): Promise<void> {
  for (const service of demoServices) await seedService(admin, service);
  for (const tenant of demoTenants) {
    await admin.expect('POST', '/api/tenants', { ...tenant, reason: REASON }, ['TENANT_EXISTS']);
  }
  await seedAssignments(admin);
  await seedRouting(admin, REASON);
  await seedMigrations(admin, REASON);
  await seedDataSources(admin, tenantServer, REASON);
}

async function seedService(admin: ApiClient, service: (typeof demoServices)[number]): Promise<void> {
  const path = `/api/services/${service.id}`;
  const { id, name, fallback } = service;
  await admin.expect('POST', '/api/services', { id, name, fallback, reason: REASON }, ['SERVICE_EXISTS']);
  for (const { version, schema } of service.versions) {
    const range = schema === undefined ? {} : { schemaMin: schema, schemaMax: schema };
    await admin.expect('POST', `${path}/versions`, { version, ...range, reason: REASON }, ['VERSION_EXISTS']);
  }
  const { body } = await admin.expect('GET', path);
  if ((body as { defaultVersions: readonly unknown[] }).defaultVersions.length > 0) return;
  await admin.expect('PATCH', path, { defaultVersions: service.defaultVersions, reason: REASON });
}

/** `currentVersion: null` makes every cell that already has an assignment a refusal instead of a move. */
async function seedAssignments(admin: ApiClient): Promise<void> {
  const plan = {
    cells: demoAssignments.map(({ tenantId, serviceId, version, isPinned }) => ({
      tenantId,
      serviceId,
      targetVersion: version,
      pinned: isPinned,
      currentVersion: null,
    })),
  };
  const planned = (await admin.expect('POST', '/api/assignments/plan', plan)).body as {
    planToken: string;
    summary: { moveCount: number };
  };
  if (planned.summary.moveCount === 0) return;
  await admin.expect('POST', '/api/assignments/apply', { planToken: planned.planToken, plan, reason: REASON });
}
