import { createTenantSchema, createVersionSchema, updateServiceSchema } from '@grey/contracts';
import { expect, test } from 'vitest';
import { demoAssignments, demoServices, demoTenants, shownTenantId } from './catalogue.ts';

test('the demo fits the contract', () => {
  for (const tenant of demoTenants) createTenantSchema.parse(tenant);
  for (const service of demoServices) {
    updateServiceSchema.parse({ defaultVersions: service.defaultVersions });
    for (const { version } of service.versions) createVersionSchema.parse({ version });
  }
});

test('fifty tenants run every version of every service', () => {
  expect(new Set(demoTenants.map((tenant) => tenant.id)).size).toBe(50);
  for (const service of demoServices) {
    const used = new Set(demoAssignments.filter((one) => one.serviceId === service.id).map((one) => one.version));
    expect([...used].sort()).toEqual(service.versions.map((one) => one.version).sort());
  }
});

test('the tenant of the printed line is active and has an assignment that is not pinned', () => {
  expect(demoTenants.find((tenant) => tenant.id === shownTenantId)?.status).toBe('active');
  const shown = demoAssignments.find((one) => one.tenantId === shownTenantId && one.serviceId === 'payment-service');
  expect(shown?.isPinned).toBe(false);
});
