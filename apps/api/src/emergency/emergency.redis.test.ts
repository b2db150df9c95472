import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { redisKeys, rollbackResultSchema, routerListSchema } from '@grey/contracts';
import { createTestDatabase, needsRedis, type RunningRedis, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type Gate, openGate } from '../../test/open-gate.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

/** Three replicas of the API on one Redis and one PostgreSQL that can be shut off; the third comes and goes. */
describe('an emergency rollback at one of several replicas', needsRedis(), () => {
  let redis: RunningRedis;
  let client: Redis;
  let gate: Gate;
  let first: TestApi;
  let second: RunningApi;
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-emergency-'));

  const ask = async (at: RunningApi, method: string, target: string, body?: unknown) => {
    const response = await fetch(`${at.url}${target}`, {
      method,
      headers: { authorization: `Bearer ${first.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
    return { status: response.status, body: (await response.json()) as any };
  };
  const versionAt = async (at: RunningApi, serviceName: string) =>
    (await ask(at, 'POST', '/api/grey-router/route', { tenantId: 'acme', serviceName })).body.version;
  const rollBack = async (at: RunningApi, serviceId: string, query = '') => {
    const body = { serviceId, fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'version' }, reason: 'broken' };
    const { status, body: answer } = await ask(at, 'POST', `/api/emergency/rollback${query}`, {
      ...body,
      maxAffected: 1,
    });
    expect(status).toBe(200);
    return rollbackResultSchema.parse(answer);
  };
  const holdsOf = async (serviceId: string) =>
    (await ask(first, 'GET', `/api/changes?kind=hold.created&serviceId=${serviceId}`)).body.items;
  const expectSame = () =>
    vi.waitFor(async () => {
      const { items } = routerListSchema.parse((await ask(second, 'GET', '/api/routers')).body);
      expect(items.map(({ behind }) => behind)).toEqual(items.map(() => 0));
      expect(new Set(items.map(({ digest }) => digest)).size).toBe(1);
    }, PATIENCE);

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    client.on('error', () => undefined);
    const database = await createTestDatabase(inject('template'));
    gate = await openGate(new URL(database.connectionString));
    first = await startTestApi({ GREY_REDIS_URL: redis.url, GREY_DATABASE_URL: gate.url });
    second = await bootApi({ ...first.config, GREY_DATA_DIR: folder });
    await first.ask('POST', '/api/tenants', { id: 'acme', name: 'Acme' });
    for (const serviceId of ['up', 'away', 'own', 'polled']) {
      await first.ask('POST', '/api/services', { id: serviceId });
      for (const version of ['v1', 'v2']) {
        await first.ask('POST', `/api/services/${serviceId}/versions`, { version });
        const instance = { serviceId, instanceId: `${serviceId}-${version}`, version, address: '127.0.0.1:9' };
        await first.ask('POST', '/api/registry/instances', { ...instance, ttlMs: 120_000 });
      }
      await first.ask('PUT', `/api/tenants/acme/services/${serviceId}?wait=converged`, { targetVersion: 'v2' });
    }
    await vi.waitFor(async () => expect(await versionAt(second, 'polled')).toBe('v2'), PATIENCE);
  }, 60_000);
  afterAll(async () => {
    await gate.open();
    await second.close();
    await first.close();
    client.disconnect();
    await redis.stop();
    gate.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is acknowledged by all of them in the answer itself', async () => {
    const result = await rollBack(first, 'up', '?wait=converged');
    expect(result).toMatchObject({ durability: 'log', convergence: { total: 2, applied: 2, missing: [] } });
    expect([await versionAt(first, 'up'), await versionAt(second, 'up')]).toEqual(['v1', 'v1']);
    await expectSame();
  });

  it('reaches the others through Redis while PostgreSQL is away, also after Redis was emptied and its replica is gone', async () => {
    gate.shut();
    const result = await rollBack(second, 'away');
    expect(result.durability).toBe('journal+redis');
    // The other one has a journal of its own.
    const own = await rollBack(first, 'own');
    const both = [result.rollbackId, own.rollbackId].sort();
    const told = async () => (await client.hkeys(redisKeys.overrides)).sort();
    await vi.waitFor(async () => expect(await versionAt(first, 'away')).toBe('v1'), PATIENCE);
    await vi.waitFor(async () => expect(await versionAt(second, 'own')).toBe('v1'), PATIENCE);
    await client.flushall();
    await vi.waitFor(async () => expect(await told()).toEqual(both), PATIENCE);
    await second.close();
    await client.flushall();
    await vi.waitFor(async () => expect(await told()).toEqual(both), PATIENCE);
    expect(await versionAt(first, 'away')).toBe('v1');
    second = await bootApi({ ...first.config, GREY_DATA_DIR: folder });
    // From its own journal the one, from Redis the other, with the first decision.
    expect([await versionAt(second, 'away'), await versionAt(second, 'own')]).toEqual(['v1', 'v1']);
  });

  it('is in the log once when PostgreSQL is back, whoever writes it, and nobody lays it over any more', async () => {
    await gate.open();
    await vi.waitFor(async () => {
      const kinds = (await client.hvals(redisKeys.overrides)).map((text) => JSON.parse(text).kind);
      expect(kinds).toEqual(['settled', 'settled']);
    }, PATIENCE);
    for (const serviceId of ['away', 'own']) expect(await holdsOf(serviceId)).toHaveLength(1);
    expect([await versionAt(first, 'away'), await versionAt(second, 'away')]).toEqual(['v1', 'v1']);
    await expectSame();
    const [{ key }] = (await holdsOf('away'))[0].items;
    const lift = `/api/emergency/rollbacks/${key}/undo`;
    await vi.waitFor(async () => {
      expect((await ask(first, 'GET', `/api/emergency/rollbacks/${key}`)).body.state).toBe('done');
    }, PATIENCE);
    const { planToken } = (await ask(first, 'POST', lift, { reason: 'mended' })).body.plan;
    expect((await ask(first, 'POST', `${lift}?wait=converged`, { reason: 'mended', planToken })).status).toBe(200);
    expect([await versionAt(first, 'away'), await versionAt(second, 'away')]).toEqual(['v2', 'v2']);
    await expectSame();
  });

  it('reaches the others by polling while Redis is away', async () => {
    await redis.kill();
    const startedAt = performance.now();
    const result = await rollBack(first, 'polled');
    expect(result.durability).toBe('log');
    await vi.waitFor(async () => expect(await versionAt(second, 'polled')).toBe('v1'), PATIENCE);
    console.info(`with Redis away the other replica had it after ${Math.round(performance.now() - startedAt)} ms`);
    await redis.restart();
  });
});
