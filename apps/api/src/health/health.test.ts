import { healthSchema } from '@grey/contracts';
import { buildSnapshot, type Snapshot } from '@grey/route-core';
import { makeSnapshotSource } from '@grey/testkit';
import { describe, expect, it } from 'vitest';
import type { LoadStatus } from '../routing/router-state.ts';
import { type DatabaseState, DatabaseWatch } from './database-watch.ts';
import { HealthService } from './health.service.ts';

function setUp() {
  const router: { snapshot: Snapshot | undefined; loadStatus: LoadStatus } = {
    snapshot: buildSnapshot(makeSnapshotSource({ tenantCount: 3, serviceCount: 2 })),
    loadStatus: { isUp: true },
  };
  const database: { now: DatabaseState } = { now: { isUp: true } };
  const health = new HealthService({
    router,
    registry: { instanceCount: 5 },
    hub: { streamCount: 1 },
    database: { state: async () => database.now },
  });
  return { router, database, health };
}

describe('health', () => {
  it('is up with a snapshot and every part up', async () => {
    const { health } = setUp();
    const shown = healthSchema.strict().parse(await health.getHealth());
    expect(shown).toMatchObject({ status: 'up', version: '0.1.0', position: { revision: 1 } });
    expect(shown.counts).toEqual({ tenants: 3, services: 2, assignments: 6, instances: 5 });
    expect(health.getReadiness()).toEqual({ status: 'up' });
  });

  it('stays ready, but degraded, while the database is gone', async () => {
    const { health, database } = setUp();
    database.now = { isUp: false, since: 0 };
    const shown = await health.getHealth();
    expect(shown.status).toBe('degraded');
    expect(shown.parts.database).toEqual({ status: 'down', since: '1970-01-01T00:00:00.000Z' });
    expect(health.getReadiness()).toEqual({ status: 'up' });
  });

  it('is down and not ready, but alive, without a snapshot', async () => {
    const { health, router } = setUp();
    router.snapshot = undefined;
    router.loadStatus = { isUp: false, since: 0, error: 'password authentication failed for user "grey"' };
    const shown = await health.getHealth();
    expect(shown).toMatchObject({ status: 'down', position: null });
    expect(() => health.getReadiness()).toThrow('SNAPSHOT_MISSING');
    expect(health.getLiveness()).toEqual({ status: 'up' });
    expect(JSON.stringify(shown)).not.toContain('password');
  });
});

describe('DatabaseWatch', () => {
  it('asks the database at most once in two seconds', async () => {
    let asked = 0;
    let now = 0;
    const watch = new DatabaseWatch(async () => asked++, { now: () => now });
    await Promise.all([watch.state(), watch.state()]);
    now = 1_999;
    await watch.state();
    expect(asked).toBe(1);
    now = 2_000;
    await watch.state();
    expect(asked).toBe(2);
  });

  it('says since when the database does not answer, and notices that it is back', async () => {
    let now = 10_000;
    let isGone = true;
    const watch = new DatabaseWatch(async () => (isGone ? Promise.reject(new Error('gone')) : 1), { now: () => now });
    expect(await watch.state()).toEqual({ isUp: false, since: 10_000 });
    now = 15_000;
    expect(await watch.state()).toEqual({ isUp: false, since: 10_000 });
    now = 20_000;
    isGone = false;
    expect(await watch.state()).toEqual({ isUp: true });
  });

  it('does not wait for a database that hangs', async () => {
    const watch = new DatabaseWatch(() => new Promise(() => {}), { patienceMs: 1 });
    expect((await watch.state()).isUp).toBe(false);
  });
});
