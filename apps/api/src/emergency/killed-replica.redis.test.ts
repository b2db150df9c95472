import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SnapshotFile } from '@grey/propagation';
import { createTestDatabase, needsRedis, type RunningRedis, startRedis, type TestDatabase } from '@grey/testkit';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type Gate, openGate } from '../../test/open-gate.ts';
import { type SpawnedApi, spawnApi } from '../../test/spawned-api.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };

/** One replica as a process of its own, between a PostgreSQL that is away and a Redis that takes commands and says nothing. */
describe('a replica that is killed after the journal and before the answer', needsRedis(), () => {
  let database: TestDatabase;
  let redis: RunningRedis;
  let postgresGate: Gate;
  let redisGate: Gate;
  let api: SpawnedApi | undefined;
  let token = '';
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-killed-'));
  const journal = path.join(folder, 'emergency-journal');

  const start = async () => {
    api = await spawnApi({
      GREY_DATABASE_URL: postgresGate.url,
      GREY_REDIS_URL: redisGate.url,
      GREY_DATA_DIR: folder,
      GREY_JWT_SECRET: 'a secret of the tests, long enough to pass',
      GREY_PLAN_SECRET: 'another secret of the tests, long enough',
      GREY_DEMO: '1',
    });
  };
  const ask = async (method: string, target: string, body?: unknown, as = token) => {
    const response = await fetch(`${api?.url}${target}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
    return { status: response.status, body: (await response.json()) as any };
  };
  const wish = (serviceId: string) => {
    return { serviceId, fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'version' } };
  };
  const rollBack = (serviceId: string, further: object, as = token) =>
    ask('POST', '/api/emergency/rollback', { ...wish(serviceId), reason: 'broken', ...further }, as);
  const versionOf = async (serviceName: string) =>
    (await ask('POST', '/api/grey-router/route', { tenantId: 'acme', serviceName })).body.version;
  const readJournal = () => {
    try {
      return readFileSync(journal, 'utf8');
    } catch {
      return '';
    }
  };
  /** Asks for a rollback, and kills the process as soon as the journal has it. @returns what the caller was told */
  const rollBackAndKill = async (serviceId: string): Promise<unknown> => {
    const before = readJournal().length;
    const answer = rollBack(serviceId, { maxAffected: 1 }).catch(() => 'nothing');
    while (readJournal().length === before) await sleep(1);
    await api?.kill();
    return answer;
  };

  beforeAll(async () => {
    redis = await startRedis();
    database = await createTestDatabase(inject('template'));
    postgresGate = await openGate(new URL(database.connectionString));
    redisGate = await openGate(new URL(redis.url));
    await start();
    const password = readFileSync(path.join(folder, 'admin-password'), 'utf8').trim();
    token = (await ask('POST', '/api/auth/login', { username: 'admin', password })).body.accessToken;
    await ask('POST', '/api/tenants', { id: 'acme', name: 'Acme' });
    for (const serviceId of ['whole', 'torn', 'planned']) {
      await ask('POST', '/api/services', { id: serviceId });
      for (const version of ['v1', 'v2']) {
        await ask('POST', `/api/services/${serviceId}/versions`, { version });
        const instance = { serviceId, instanceId: `${serviceId}-${version}`, version, address: '127.0.0.1:9' };
        await ask('POST', '/api/registry/instances', { ...instance, ttlMs: 120_000 });
      }
      await ask('PUT', `/api/tenants/acme/services/${serviceId}?wait=converged`, { targetVersion: 'v2' });
    }
    await vi.waitFor(async () => {
      const kept = await new SnapshotFile(path.join(folder, 'snapshot')).load();
      const { position } = (await ask('GET', '/api/routers')).body;
      expect([kept?.snapshot.position, kept?.snapshot.listInstances().length]).toEqual([position, 6]);
    }, PATIENCE);
  }, 120_000);
  afterAll(async () => {
    await api?.kill();
    postgresGate.close();
    redisGate.close();
    await redis.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has all of it after its restart, or nothing, with neither PostgreSQL nor Redis there', async () => {
    const { planToken } = (await ask('POST', '/api/emergency/rollback/plan', wish('planned'))).body;
    postgresGate.shut();
    redisGate.stall();
    expect(await rollBackAndKill('whole')).toBe('nothing');
    await start();
    expect([await versionOf('whole'), await versionOf('torn'), await versionOf('planned')]).toEqual(['v1', 'v2', 'v2']);

    const before = readJournal();
    expect(await rollBackAndKill('torn')).toBe('nothing');
    const record = readJournal().slice(before.length);
    writeFileSync(journal, before + record.slice(0, record.length / 2));
    await start();
    expect([await versionOf('whole'), await versionOf('torn')]).toEqual(['v1', 'v2']);

    // By signatures alone: this process has never seen the database, nor the plan.
    expect((await rollBack('planned', { planToken: `${planToken}x` })).body.code).toBe('PLAN_TOKEN_INVALID');
    expect((await rollBack('planned', { planToken }, `${token}x`)).status).toBe(401);
    expect((await rollBack('planned', { planToken })).body).toMatchObject({ durability: 'journal', affectedCount: 1 });
    expect(await versionOf('planned')).toBe('v1');
  });

  it('brings to the log what it has, once', async () => {
    redisGate.shut();
    await redisGate.open();
    await postgresGate.open();
    const changesOf = async (serviceId: string) =>
      (await ask('GET', `/api/changes?kind=hold.created&serviceId=${serviceId}`)).body.items;
    await vi.waitFor(async () => {
      expect(await changesOf('planned')).toHaveLength(1);
      expect(await changesOf('whole')).toHaveLength(1);
    }, PATIENCE);
    expect(await changesOf('torn')).toEqual([]);
    expect([await versionOf('whole'), await versionOf('torn'), await versionOf('planned')]).toEqual(['v1', 'v2', 'v1']);
  });
});
