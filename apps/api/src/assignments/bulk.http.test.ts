import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { Database } from '../infra/db/database.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (let index = 0; index < 50; index += 1) {
    const id = `service-${String(index).padStart(2, '0')}`;
    await api.ask('POST', '/api/services', { id });
    await api.ask('POST', `/api/services/${id}/versions`, { version: '1.0.0' });
  }
  await api.ask('POST', '/api/services', { id: 'single' });
  await api.ask('POST', '/api/services/single/versions', { version: '1.0.0' });
  await api.app.get(Database).run(
    (client) => client.$executeRaw`
      INSERT INTO tenants (id, name, status)
      SELECT 'tenant-' || lpad(n::text, 5, '0'), 'Tenant ' || n, 'active' FROM generate_series(1, 10000) n`,
  );
});
afterAll(() => api.close());

test('a hundred thousand cells move in one change, and a single write meanwhile does not wait for it', async () => {
  const targets = Array.from({ length: 10 }, (_, index) => ({
    serviceId: `service-0${index}`,
    targetVersion: '1.0.0',
  }));
  const request = { selection: { kind: 'all' }, targets };
  const { body: planned } = await api.ask('POST', '/api/assignments/plan', request);
  expect(planned.summary.moveCount).toBe(100_000);
  expect(planned.isTruncated).toBe(true);
  let isDone = false;
  const start = performance.now();
  const bulk = api
    .ask('POST', '/api/assignments/apply', { plan: request, planToken: planned.planToken })
    .then((answer) => {
      isDone = true;
      return { answer, ms: performance.now() - start };
    });
  const singles: number[] = [];
  for (let count = 0; !isDone && count < 1_000; count += 1) {
    const began = performance.now();
    const pinned = count % 2 === 0;
    const one = await api.ask('PUT', '/api/tenants/tenant-00001/services/single', { targetVersion: '1.0.0', pinned });
    expect(one.body.isChanged).toBe(true);
    if (!isDone) singles.push(performance.now() - began);
  }
  const { answer, ms } = await bulk;
  expect([answer.status, answer.body.summary.moveCount]).toEqual([200, 100_000]);
  // Were the position taken first, every single write but the first would end after the bulk.
  expect(singles.length).toBeGreaterThan(1);
  console.info(
    `bulk ${Math.round(ms)} ms, ${singles.length} single writes meanwhile, slowest ${Math.round(Math.max(...singles))} ms`,
  );
});

test('ten thousand tenants by fifty services come as a matrix, each tenant once', async () => {
  const start = performance.now();
  const seen = new Set<string>();
  let [cells, cursor, pages] = [0, '', 0];
  do {
    const { body } = await api.ask('GET', `/api/assignments/matrix?limit=1000${cursor}`);
    expect(body.services).toHaveLength(51);
    expect(body.totalCount).toBe(10_000);
    for (const row of body.rows) {
      seen.add(row.tenantId);
      cells += row.cells.filter((cell: number) => body.versions[cell] === '1.0.0').length;
    }
    pages += 1;
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  expect([seen.size, cells, pages]).toEqual([10_000, 100_001, 10]);
  console.info(`matrix ${Math.round(performance.now() - start)} ms`);
});
