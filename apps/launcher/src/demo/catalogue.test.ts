import {
  createDataSourceSchema,
  createExperimentSchema,
  createTenantSchema,
  createVersionSchema,
  putFlagsSchema,
  putLaneSchema,
  putMigrationsSchema,
  ruleSetInputSchema,
  updateServiceSchema,
} from '@grey/contracts';
import { expect, test } from 'vitest';
import {
  demoAssignments,
  demoServices,
  demoTenantSchemas,
  demoTenants,
  migratedService,
  shownTenantId,
} from './catalogue.ts';
import { readDemoFiles } from './read-demo-migrations.ts';
import { demoExperiment, demoFlags, demoLane, demoRules, makeDemoRequest } from './routing-catalogue.ts';

test('the demo fits the contract', async () => {
  for (const tenant of demoTenants) createTenantSchema.parse(tenant);
  for (const service of demoServices) {
    updateServiceSchema.parse({ defaultVersions: service.defaultVersions });
    for (const { version } of service.versions) createVersionSchema.parse({ version });
  }
  putMigrationsSchema.parse({ engine: 'postgres', files: await readDemoFiles() });
  for (const { tenantId, schema } of demoTenantSchemas)
    createDataSourceSchema.parse({
      ...{ tenantId, schema, serviceId: migratedService.serviceId, engine: 'postgres', tls: 'off' },
      ...{ host: '127.0.0.1', port: 5432, database: 'demo', user: 'demo', password: 'demo' },
    });
  for (const { rules } of demoRules) ruleSetInputSchema.parse({ rules });
  const { tag: _tag, ...lane } = demoLane;
  putLaneSchema.parse(lane);
  const { serviceId: _service, ...experiment } = demoExperiment;
  createExperimentSchema.parse(experiment);
  putFlagsSchema.parse({ flags: demoFlags.flags });
});

test('fifty tenants run every version of every service', () => {
  expect(new Set(demoTenants.map((tenant) => tenant.id)).size).toBe(50);
  for (const service of demoServices) {
    const used = new Set(demoAssignments.filter((one) => one.serviceId === service.id).map((one) => one.version));
    expect([...used].sort()).toEqual(service.versions.map((one) => one.version).sort());
  }
});

test('tenants of every version have a schema, and those of the newest one as it needs it', () => {
  const { serviceId, version, schema } = migratedService;
  const service = demoServices.find(({ id }) => id === serviceId);
  expect(service?.versions.every((one) => (one.schema ?? 0) <= schema)).toBe(true);
  expect(new Set(demoTenantSchemas.map((one) => one.schema)).size).toBe(demoTenantSchemas.length);
  for (const { version: label } of service?.versions ?? []) {
    const assigned = demoAssignments.filter((one) => one.serviceId === serviceId && one.version === label);
    const theirs = demoTenantSchemas.filter(({ tenantId }) => assigned.some((one) => one.tenantId === tenantId));
    expect(theirs.length).toBeGreaterThan(0);
    expect(theirs.every(({ isNew }) => isNew === (label === version))).toBe(true);
  }
});

test('the tenant of the printed line is active and has an assignment that is not pinned', () => {
  expect(demoTenants.find((tenant) => tenant.id === shownTenantId)?.status).toBe('active');
  const shown = demoAssignments.find((one) => one.tenantId === shownTenantId && one.serviceId === 'payment-service');
  expect(shown?.isPinned).toBe(false);
});

test('what decides in the demo names only versions that it has', () => {
  const has = (serviceId: string, version: string) =>
    demoServices.some(({ id, versions }) => id === serviceId && versions.some((one) => one.version === version));
  const named = [
    ...demoLane.versions,
    ...demoExperiment.variants.map(({ version }) => ({ serviceId: demoExperiment.serviceId, version })),
    { serviceId: demoFlags.serviceId, version: demoFlags.version },
    ...demoRules.flatMap(({ serviceId, rules }) =>
      rules.flatMap(({ target }) => {
        if (target.kind === 'lane') return [];
        const versions = target.kind === 'version' ? [target.version] : target.shares.map((one) => one.version);
        return versions.map((version) => ({ serviceId, version }));
      }),
    ),
  ];
  for (const { serviceId, version } of named) expect([serviceId, version, has(serviceId, version)]).toContain(true);
  expect(demoRules.flatMap(({ rules }) => rules).some(({ target }) => target.kind === 'lane')).toBe(true);
});

test('of the traffic some are testers, some see previews, most are neither', () => {
  const draws = [0.01, 0.07, 0.5].map((first) => makeDemoRequest('u', () => first).headers);
  expect(draws).toEqual([{ 'x-beta': 'true' }, { 'x-preview': 'summer-sale' }, undefined]);
});
