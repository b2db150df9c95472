import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import { expect, test } from 'vitest';
import { chooseDefault } from './describe-tenant-service.ts';

test('the version shown for a split default is the one the engine decides for a request without a user', () => {
  const defaults = [
    { version: 'a', weight: 1_000 },
    { version: 'b', weight: 6_500 },
    { version: 'c', weight: 2_500 },
  ];
  const tenantIds = Array.from({ length: 300 }, (_, index) => `tenant-${index}`);
  const snapshot = buildSnapshot({
    position: { epoch: 'e', revision: 1 },
    tenants: tenantIds.map((id) => ({ id, status: 'active' as const })),
    services: [
      {
        id: 'svc',
        unknownTenant: 'reject',
        balancer: 'round_robin',
        fallback: 'fail',
        defaults,
        versions: defaults.map(({ version }, index) => ({ version, ordinal: index + 1, status: 'active' as const })),
      },
    ],
    assignments: [],
    schemas: [],
    holds: [],
    instances: defaults.map(({ version }) => ({
      serviceId: 'svc',
      instanceId: version,
      version,
      address: '127.0.0.1:1',
      weight: 1,
      health: 'healthy' as const,
      isEnabled: true,
    })),
  });
  const env = createDecisionEnv();
  const shown = tenantIds.map((id) => chooseDefault('svc', id, defaults));
  expect(shown).toEqual(tenantIds.map((tenantId) => decide(snapshot, { tenantId, serviceName: 'svc' }, env).version));
  expect(new Set(shown).size).toBe(3);
});
