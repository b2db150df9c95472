import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDecisionEnv, decide } from '@grey/route-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { Database } from '../infra/db/database.ts';
import { RouterState } from '../routing/router-state.ts';
import { RewriteAssignmentsService } from './rewrite-assignments.service.ts';
import { RewriteJob } from './rewrite-job.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };
const TENANTS = 10_000;
const SERVICES = Array.from({ length: 10 }, (_, index) => `s${index}`);
/** Beside the services that others write. */
const HELD = 'held';
let api: TestApi;
let running: RunningApi;
const folder = mkdtempSync(path.join(tmpdir(), 'grey-rewrite-'));

beforeAll(async () => {
  api = await startTestApi();
  for (const serviceId of [...SERVICES, HELD]) {
    await api.ask('POST', '/api/services', { id: serviceId });
    for (const version of ['v0', 'v1', 'v2']) await api.ask('POST', `/api/services/${serviceId}/versions`, { version });
  }
  await api.app.get(Database).run(async (client) => {
    await client.$executeRaw`
      INSERT INTO tenants (id, name, status, tags)
      SELECT 't' || lpad(n::text, 5, '0'), 'T', 'active', CASE WHEN n % 10 = 0 THEN '{vip}'::text[] ELSE '{}' END
      FROM generate_series(1, ${TENANTS}::int) AS n`;
    await client.$executeRaw`
      INSERT INTO assignments (tenant_id, service_id, version) SELECT id, ${HELD}, 'v2' FROM tenants`;
  });
  // What was written past the log is seen by a process that loads afresh.
  running = await bootApi({ ...api.config, GREY_DATA_DIR: folder });
}, 120_000);
afterAll(async () => {
  await running.close();
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (method: string, target: string, body?: unknown) => {
  const response = await fetch(`${running.url}${target}`, {
    method,
    headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
  return { status: response.status, body: (await response.json()) as any };
};
const rollBack = async (further: object) => {
  const body = { serviceId: HELD, fromVersion: 'v2', toVersion: 'v1', reason: 'broken', maxAffected: TENANTS };
  const answer = await ask('POST', '/api/emergency/rollback?wait=converged', { ...body, ...further });
  expect(answer.status).toBe(200);
  return answer.body;
};
const timeOf = async <T>(work: () => Promise<T>) => {
  const startedAt = performance.now();
  return { result: await work(), ms: performance.now() - startedAt };
};
/** What everybody gets, by the engine: how many tenants on which version. */
const served = () => {
  const { snapshot } = running.app.get(RouterState);
  if (snapshot === undefined) throw new Error('no snapshot');
  const env = createDecisionEnv();
  return Array.from({ length: TENANTS }, (_, index) => {
    const tenantId = `t${String(index + 1).padStart(5, '0')}`;
    return decide(snapshot, { tenantId, serviceName: HELD }, env).version;
  });
};
const assigned = () =>
  running.app.get(Database).run(async (client) => {
    const rows = await client.$queryRaw<{ version: string }[]>`
      SELECT version FROM assignments WHERE service_id = ${HELD} ORDER BY tenant_id`;
    return rows.map(({ version }) => version);
  });

test('a rollback does not wait for a bulk change of 100 000 cells that is under way', async () => {
  const alone = await timeOf(() => rollBack({ scope: { kind: 'tag', tag: 'nobody' } }));
  const plan = {
    selection: { kind: 'all' },
    targets: SERVICES.map((serviceId) => ({ serviceId, targetVersion: 'v2' })),
  };
  const { planToken, summary } = (await ask('POST', '/api/assignments/plan', plan)).body;
  expect(summary.moveCount).toBe(TENANTS * SERVICES.length);
  let isApplied = false;
  const applying = ask('POST', '/api/assignments/apply', { planToken, plan }).then((answer) => {
    isApplied = true;
    return answer;
  });
  await vi.waitFor(async () => {
    const [row] = await running.app.get(Database).run(
      (client) => client.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_locks
        WHERE relation = 'assignments'::regclass AND mode = 'RowExclusiveLock' AND granted`,
    );
    expect(row?.count).toBeGreaterThan(0);
  }, PATIENCE);
  const { result, ms } = await timeOf(() => rollBack({ scope: { kind: 'tag', tag: 'vip' }, toVersion: 'v0' }));
  expect([isApplied, result.affectedCount]).toEqual([false, TENANTS / 10]);
  // Also of a service that the bulk change is writing.
  const own = await timeOf(() =>
    rollBack({ serviceId: SERVICES[0], scope: { kind: 'tag', tag: 'vip' }, toVersion: 'v0' }),
  );
  expect(isApplied).toBe(false);
  const times = [alone.ms, ms, own.ms].map((one) => `${Math.round(one)} ms`);
  console.info(`rollback alone ${times[0]}, during a bulk change ${times[1]}, of one of its services ${times[2]}`);
  expect(served().filter((version) => version === 'v0')).toHaveLength(TENANTS / 10);
  expect((await applying).status).toBe(200);
});

test('bookkeeping goes on where it was cut off, and changes nobody who is served', async () => {
  const job = new AdvisoryLock(api.config.GREY_DATABASE_URL);
  await vi.waitFor(async () => {
    const { items } = (await ask('GET', '/api/emergency/rollbacks')).body;
    expect(items.map((one: { state: string }) => one.state)).toEqual(['done', 'done', 'done']);
  }, PATIENCE);
  // While another replica is at it, this one is not.
  const held = await job.tryRun('emergency-rewrite', async () => {
    const { rollbackId } = await rollBack({ scope: { kind: 'service' } });
    const before = served();
    const [of0, of1] = ['v0', 'v1'].map((wanted) => before.filter((version) => version === wanted).length);
    expect([of0, of1]).toEqual([TENANTS / 10, (TENANTS / 10) * 9]);
    expect(await running.app.get(RewriteAssignmentsService).rewriteSome(rollbackId)).toBe(true);
    const { body } = await ask('GET', `/api/emergency/rollbacks/${rollbackId}`);
    expect(body).toMatchObject({ state: 'rewriting', rewrittenCount: 500, totalCount: 9_000 });
    return { rollbackId, before };
  });
  const { rollbackId, before } = held?.result ?? { rollbackId: '', before: [] };
  const target = `/api/emergency/rollbacks/${rollbackId}`;
  expect(served()).toEqual(before);
  await running.app.get(RewriteJob).look();
  await vi.waitFor(async () => {
    expect((await ask('GET', target)).body).toMatchObject({ state: 'done', rewrittenCount: 9_000 });
  }, PATIENCE);
  expect(served()).toEqual(before);
  expect(await assigned()).toEqual(before);
});
