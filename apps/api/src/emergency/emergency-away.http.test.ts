import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { holdPageSchema, rollbackResultSchema } from '@grey/contracts';
import { createTestDatabase } from '@grey/testkit';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { type Gate, openGate } from '../../test/open-gate.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';
import { ChangesService } from '../changes/changes.service.ts';
import type { Config } from '../config/config.schema.ts';
import { TenantSchemasStore } from '../tenant-schemas/tenant-schemas.store.ts';

/** A tenant that v1 cannot serve any more. */
const contracted = { tenantId: 'newer', serviceId: 'pay', schemaVersion: 5, expandedTo: 5, isMigrating: false };
const PATIENCE = { timeout: 30_000, interval: 50 };
let api: TestApi;
let gate: Gate;
let running: RunningApi;
let config: Config;
beforeAll(async () => {
  const database = await createTestDatabase(inject('template'));
  gate = await openGate(new URL(database.connectionString));
  api = await startTestApi({ GREY_DATABASE_URL: gate.url });
  config = { ...api.config, GREY_DATA_DIR: mkdtempSync(path.join(tmpdir(), 'grey-away-')) };
  running = await bootApi(config);
  await ask('POST', '/api/tenants', { id: 'acme', name: 'Acme' });
  await ask('POST', '/api/tenants', { id: 'newer', name: 'Newer' });
  for (const serviceId of ['shop', 'pay', 'mail', 'mute']) {
    await ask('POST', '/api/services', { id: serviceId });
    for (const version of ['v1', 'v2']) {
      await ask('POST', `/api/services/${serviceId}/versions`, { version });
      const instance = { serviceId, instanceId: `${serviceId}-${version}`, version, address: '127.0.0.1:9' };
      await ask('POST', '/api/registry/instances', { ...instance, ttlMs: 120_000 });
    }
    await ask('PUT', `/api/tenants/acme/services/${serviceId}`, { targetVersion: 'v2' });
  }
  await ask('PUT', '/api/tenants/newer/services/pay', { targetVersion: 'v2' });
  const schemaOfV1 = { status: 'active', schemaMax: 4 };
  expect((await ask('PATCH', '/api/services/pay/versions/v1', schemaOfV1)).status).toBe(200);
  await running.app
    .get(ChangesService)
    .commit({ kind: 'tenant_schema.seen', actor: { kind: 'system', id: 'test', name: 'test' } }, async (tx) => ({
      items: await running.app.get(TenantSchemasStore).write(tx, [contracted]),
      answer: () => undefined,
    }));
  const times = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2100-01-01T00:00:00Z' };
  await ask('POST', '/api/freezes', { title: 'Sales', reason: 'busy', ...times, scope: { serviceIds: ['shop'] } });
});
afterAll(async () => {
  await gate.open();
  await running.close();
  await api.close();
  gate.close();
  rmSync(config.GREY_DATA_DIR, { recursive: true, force: true });
});

const ask = async (method: string, target: string, body?: unknown, headers = {}) => {
  const response = await fetch(`${running.url}${target}`, {
    method,
    headers: { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
};
const rollBack = (serviceId: string, further = {}, headers = {}) => {
  const body = { serviceId, fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'version' }, reason: 'broken' };
  return ask('POST', '/api/emergency/rollback', { ...body, ...further }, headers);
};
const versionOf = async (serviceName: string, tenantId = 'acme') =>
  (await ask('POST', '/api/grey-router/route', { tenantId, serviceName })).body.version;
const changesOf = async (serviceId: string) =>
  (await ask('GET', `/api/changes?kind=hold.created&serviceId=${serviceId}`)).body.items;

test('with PostgreSQL away a rollback goes to the journal, is in force at once and outlives a restart', async () => {
  gate.shut();
  const shown = await rollBack('shop');
  expect([shown.status, shown.body.code, shown.body.plan.affectedCount]).toEqual([428, 'PRECONDITION_REQUIRED', 1]);
  const headers = { 'Idempotency-Key': 'night' };
  const done = await rollBack('shop', { planToken: shown.body.plan.planToken }, headers);
  const result = rollbackResultSchema.parse(done.body);
  expect(result).toMatchObject({ durability: 'journal', changeId: null, position: null, affectedCount: 1 });
  expect(await versionOf('shop')).toBe('v1');
  const again = await rollBack('shop', { planToken: shown.body.plan.planToken }, headers);
  expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([done.body, 'true']);

  expect(readFileSync(path.join(config.GREY_DATA_DIR, 'emergency-journal'), 'utf8')).toContain(result.rollbackId);
  await running.close();
  running = await bootApi(config);
  expect(await versionOf('shop')).toBe('v1');
  const held = { id: result.rollbackId, isPending: true, reason: 'broken', createdBy: { name: 'admin' } };
  const page = holdPageSchema.parse((await ask('GET', '/api/holds?serviceId=shop&tenantId=acme')).body);
  expect(page).toMatchObject({ isFromSnapshot: true, items: [{ ...held, isActive: true }] });
  expect((await ask('GET', `/api/holds/${result.rollbackId}`)).body).toMatchObject(held);
  expect((await ask('GET', '/api/holds?serviceId=pay')).body.items).toEqual([]);
  expect((await ask('GET', '/api/holds?isActive=false')).body.items).toEqual([]);
  const unknown = await ask('GET', '/api/holds/00000000-0000-4000-8000-000000000000');
  expect(unknown.body.code).toBe('DATABASE_UNAVAILABLE');
});

test('two identical requests are enough here too', async () => {
  expect((await rollBack('pay')).status).toBe(428);
  expect((await rollBack('pay')).body).toMatchObject({
    durability: 'journal',
    affectedCount: 1,
    // By what this process routes by: who cannot go back stays, by name, and hears what would help.
    leftOut: [
      {
        tenantId: 'newer',
        code: 'BEYOND_HORIZON',
        message: expect.stringMatching(/serves 5, .*v1 goes to 4.*restored/),
      },
    ],
  });
  expect(await versionOf('pay')).toBe('v1');
  expect(await versionOf('pay', 'newer')).toBe('v2');
});

test('what no disk takes is refused, and not in force', async () => {
  const file = path.join(config.GREY_DATA_DIR, 'emergency-journal');
  const text = readFileSync(file);
  rmSync(file);
  // Also root cannot append to a folder.
  mkdirSync(file);
  const refused = await rollBack('mail', { maxAffected: 9 });
  expect([refused.status, refused.body.code]).toEqual([503, 'NOT_DURABLE']);
  expect(await versionOf('mail')).toBe('v2');
  rmSync(file, { recursive: true });
  appendFileSync(file, text);
});

test('a PostgreSQL that takes connections and says nothing is away as well', async () => {
  const backAt = Date.now();
  await gate.open();
  await vi.waitFor(async () => expect(await changesOf('pay')).toHaveLength(1), PATIENCE);
  const [taken] = (await ask('GET', '/api/holds?serviceId=pay')).body.items;
  expect([taken.isPending, Date.parse(taken.createdAt) < backAt]).toEqual([false, true]);
  gate.stall();
  const done = await rollBack('mute', { maxAffected: 1 });
  expect(done.body).toMatchObject({ durability: 'journal', affectedCount: 1 });
  expect(await versionOf('mute')).toBe('v1');
  gate.shut();
});

test('with PostgreSQL back the log gets each of them once, and says when it was taken', async () => {
  await gate.open();
  await vi.waitFor(async () => {
    expect(await changesOf('shop')).toHaveLength(1);
    expect(await changesOf('pay')).toHaveLength(1);
    expect(await changesOf('mute')).toHaveLength(1);
  }, PATIENCE);
  const [change] = await changesOf('shop');
  expect(change).toMatchObject({ reason: 'broken', actor: { name: 'admin' } });
  expect(change.items[0].after).toMatchObject({
    durability: 'journal',
    affectedCount: 1,
    overridden: [{ tenantId: null, detail: expect.stringContaining('“Sales”') }],
  });
  const rollbackId = change.items[0].key;
  await vi.waitFor(async () => {
    expect((await ask('GET', `/api/emergency/rollbacks/${rollbackId}`)).body).toMatchObject({
      state: 'done',
      rewrittenCount: 1,
      changeId: change.id,
    });
  }, PATIENCE);
  expect(await versionOf('shop')).toBe('v1');
  expect(await changesOf('mail')).toEqual([]);
  const replayed = await rollBack('shop', {}, { 'Idempotency-Key': 'night' });
  expect(replayed.body.code).toBe('IDEMPOTENCY_CONFLICT');
});

test('a hold that came from the journal is lifted like any other, and stays so after a restart', async () => {
  const [change] = await changesOf('pay');
  expect(change.items[0].after.leftOut).toMatchObject([{ tenantId: 'newer', code: 'BEYOND_HORIZON' }]);
  const target = `/api/emergency/rollbacks/${change.items[0].key}/undo`;
  await vi.waitFor(async () => {
    expect((await ask('GET', target.replace('/undo', ''))).body.state).toBe('done');
  }, PATIENCE);
  const { planToken } = (await ask('POST', target, { reason: 'mended' })).body.plan;
  expect((await ask('POST', target, { reason: 'mended', planToken })).status).toBe(200);
  // Bookkeeping of the other process may have come between, and is read from the log first.
  await vi.waitFor(async () => expect(await versionOf('pay')).toBe('v2'), PATIENCE);
  await running.close();
  running = await bootApi(config);
  expect(await versionOf('pay')).toBe('v2');
  expect(await versionOf('shop')).toBe('v1');
});
