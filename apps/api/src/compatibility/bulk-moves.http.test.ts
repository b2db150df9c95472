import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { Database } from '../infra/db/database.ts';
import { CompatibilityGuard } from './compatibility.guard.ts';

const services = Array.from({ length: 10 }, (_, at) => `service-${at}`);
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const id of services) {
    await api.ask('POST', '/api/services', { id });
    for (const version of ['1.0', '1.1', '2.0']) await api.ask('POST', `/api/services/${id}/versions`, { version });
  }
  await api.app.get(Database).run(async (client) => {
    await client.$executeRaw`
      INSERT INTO tenants (id, name, status)
      SELECT 'tenant-' || lpad(n::text, 5, '0'), 'Tenant ' || n, 'active' FROM generate_series(1, 10000) n`;
    await client.$executeRaw`
      INSERT INTO assignments (tenant_id, service_id, version)
      SELECT t.id, s.id, CASE WHEN t.id LIKE '%7' AND s.id = 'service-3' THEN '1.0' ELSE '1.1' END
      FROM tenants t, services s`;
  });
  for (const [at, id] of services.entries())
    await api.ask('PUT', `/api/services/${id}/compatibility`, {
      versions: [
        { version: '1.0', compatibleWith: ['1.1'] },
        ...(at === 0
          ? []
          : [{ version: '2.0', requires: [{ serviceId: services[at - 1], range: at === 4 ? '>=2' : '>=1.1' }] }]),
      ],
    });
});
afterAll(() => api.close());

test('a hundred thousand cells are judged together, and those fall that need one that may not move', async () => {
  const plan = {
    selection: { kind: 'all' },
    targets: services.map((serviceId) => ({ serviceId, targetVersion: '2.0' })),
  };
  const guard = api.app.get(CompatibilityGuard);
  const check = guard.check.bind(guard);
  const judged: number[] = [];
  guard.check = async (...args) => {
    const began = performance.now();
    const objections = await check(...args);
    judged.push(Math.round(performance.now() - began));
    return objections;
  };
  const start = performance.now();
  const { body: planned } = await api.ask('POST', '/api/assignments/plan', plan);
  const middle = performance.now();
  // One tenant of ten is at 1.0 of the fourth service, which the fifth needs at 2.0; the sixth does with 1.1.
  expect(planned.summary).toMatchObject({ moveCount: 98_000, refusedCount: 2_000 });
  const applied = await api.ask('POST', '/api/assignments/apply', { plan, planToken: planned.planToken });
  expect(applied.body.summary).toMatchObject({ moveCount: 98_000, refusedCount: 2_000 });
  console.info(
    `plan ${Math.round(middle - start)} ms, apply ${Math.round(performance.now() - middle)} ms, judged in ${judged.join(', ')} ms`,
  );
});
