import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Position } from '@grey/contracts';
import { RouterLease } from '@grey/propagation';
import { createDecisionEnv, type DecisionEnv, decide, findService, type Snapshot } from '@grey/route-core';
import { needsRedis, type RunningRedis, seededRandom, startRedis } from '@grey/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CutRouter, startCutRouter } from '../../test/cut-routers.ts';
import { type Gate, openGate } from '../../test/open-gate.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { bootApi, type RunningApi } from '../boot-api.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { RouterState } from '../routing/router-state.ts';
import { Fence } from './fence.ts';
import { type TenantSchemaCell, TenantSchemasStore } from './tenant-schemas.store.ts';

const PATIENCE = { timeout: 30_000, interval: 10 };
const LEASE_MS = 500;
const LEASE = { GREY_ROUTER_LEASE_MS: LEASE_MS };
const SERVICE = 'pay';
const TENANTS = 4;
/** Has a recorded schema as well, and is left alone. */
const CALM = 'calm';
const LAST = 'last';
const TOP = 6;
/** `pnpm soak -- schemas` runs history after history for so long, from a seed of its own. */
const { GREY_SOAK_SEED: seed = '7', GREY_SOAK_MS: soakMs = '0' } = process.env;
/** How long anything goes wrong in a history. */
const TROUBLE_MS = soakMs === '0' ? 5_000 : 10_000;
/** Cut off by a gate, or for good. */
interface Watched {
  readonly id: string;
  readonly env: DecisionEnv;
  snapshot(): Snapshot | undefined;
}

describe('no request is routed to a version whose range excludes the schema of the tenant', needsRedis(), () => {
  let redis: RunningRedis;
  let api: TestApi;
  let second: RunningApi;
  let gates: Gate[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), 'grey-schemas-'));
  /** What the databases serve, from the moment that something of them is taken away, or until something is added. */
  const truth = new Map<string, { from: number; to: number }>();
  const faults: string[] = [];
  /** Ids of routers that an operator vouches for. */
  const dead: string[] = [];
  const tally = { routed: 0, uncertain: 0, calmWhileOut: 0 };
  const watched = new Map<string, Watched>();
  let tenants: readonly string[] = [CALM, LAST];

  const judge = ({ id, env, snapshot: read }: Watched): void => {
    const snapshot = read();
    const service = snapshot && findService(snapshot, SERVICE);
    if (snapshot === undefined || service === undefined) return;
    for (const tenantId of tenants) {
      const decision = decide(snapshot, { tenantId, serviceName: SERVICE }, env);
      if (tenantId === CALM && !env.lease.isLost && !decision.ok)
        faults.push(`${id} refuses the calm: ${decision.code}`);
      if (!decision.ok) {
        if (decision.code === 'SCHEMA_UNCERTAIN') tally.uncertain++;
        continue;
      }
      tally.routed++;
      if (tenantId === CALM && !env.lease.isHeld()) tally.calmWhileOut++;
      const { from, to } = truth.get(tenantId) ?? { from: 0, to: 0 };
      const { schemaMin = 0, schemaMax = TOP } = service.versions.find((one) => one.version === decision.version) ?? {};
      if (schemaMin > to || schemaMax < from)
        faults.push(`${id} sends ${tenantId}, whose schema serves ${from} to ${to}, to ${decision.version}`);
    }
  };
  const judgeAll = () => {
    for (const one of watched.values()) judge(one);
  };
  const watch = (id: string, lease: { isHeld(): boolean; isLost: boolean }, snapshot: () => Snapshot | undefined) =>
    watched.set(id, { id, env: createDecisionEnv({ lease }), snapshot });
  const addRouter = async (id: string, options: { skewMs?: number } = {}): Promise<CutRouter> => {
    const onSnapshot = () => judge(watched.get(id) ?? { id, env: createDecisionEnv(), snapshot: () => undefined });
    const router = await startCutRouter(redis.url, { id, leaseMs: LEASE_MS, onSnapshot, ...options });
    router.setInstances(SERVICE, api.app.get(RouterState).snapshot?.listInstances() ?? []);
    watch(id, router.lease, () => router.snapshot);
    return router;
  };

  /** Writes a change as the saga does. @returns where it is in the log */
  const change = async (
    kind: Change['kind'],
    tenantId: string,
    next: Omit<TenantSchemaCell, 'tenantId' | 'serviceId'>,
  ) => {
    const store = api.app.get(TenantSchemasStore);
    const answer = await api.app
      .get(ChangesService)
      .commit({ kind, actor: { kind: 'system', id: 'test', name: 'test' } }, async (tx) => ({
        items: await store.write(tx, [{ tenantId, serviceId: SERVICE, ...next }]),
        answer: ({ position }): Position => position,
      }));
    return answer as Position;
  };
  const assign = async (tenantId: string, version: string) => {
    const { status } = await api.ask('PUT', `/api/tenants/${tenantId}/services/${SERVICE}`, { targetVersion: version });
    expect(status).toBeLessThan(300);
  };
  const addTenant = async (tenantId: string) => {
    await api.ask('POST', '/api/tenants', { id: tenantId, name: tenantId });
    await assign(tenantId, 'v1');
    truth.set(tenantId, { from: 1, to: 1 });
    await change('tenant_schema.seen', tenantId, cellOf(1, 1, false));
  };
  const passes = (position: Position, isLeaseEnough: boolean, dead: readonly string[]) =>
    vi.waitFor(async () => {
      const look = await api.app.get(Fence).look(position, { isLeaseEnough, forgotten: dead });
      if (!look.isPassed) throw new Error(`waits for ${look.missing.join(', ')}`);
      return look;
    }, PATIENCE);

  /** One tenant from `from` to the next schema, or there and back. `pause` lets something happen in between. */
  const upgrade = async (
    tenantId: string,
    from: number,
    isTakenBack: boolean,
    dead: readonly string[],
    pause: () => Promise<unknown>,
  ): Promise<number> => {
    const to = from + 1;
    const markedAt = await change('upgrade.marked', tenantId, cellOf(from, from, true));
    await pause();
    truth.set(tenantId, { from, to });
    await change('upgrade.expanded', tenantId, cellOf(from, to, true));
    await pause();
    await assign(tenantId, `v${to}`);
    await pause();
    if (isTakenBack) {
      await assign(tenantId, `v${from}`);
      const narrowedAt = await change('upgrade.expanded', tenantId, cellOf(from, from, true));
      await passes(narrowedAt, true, dead);
      truth.set(tenantId, { from, to: from });
      judgeAll();
      await pause();
      await change('upgrade.ended', tenantId, cellOf(from, from, false));
      return from;
    }
    await passes(markedAt, false, dead);
    const fencedAt = await change('upgrade.fenced', tenantId, cellOf(to, to, true));
    await pause();
    await passes(fencedAt, true, dead);
    truth.set(tenantId, { from: to, to });
    judgeAll();
    await pause();
    await change('upgrade.contracted', tenantId, cellOf(to, to, false));
    return to;
  };

  beforeAll(async () => {
    redis = await startRedis();
    api = await startTestApi({ ...LEASE, GREY_REDIS_URL: redis.url } as never);
    await api.ask('POST', '/api/services', { id: SERVICE });
    for (let number = 1; number <= TOP; number++) {
      const version = `v${number}`;
      const range = { schemaMin: number, ...(number === TOP ? {} : { schemaMax: number }) };
      await api.ask('POST', `/api/services/${SERVICE}/versions`, { version, ...range });
      const instance = { serviceId: SERVICE, instanceId: `pay-${version}`, version, address: `127.0.0.1:${number}` };
      await api.ask('POST', '/api/registry/instances', { ...instance, ttlMs: 120_000 });
    }
    for (const tenantId of tenants) await addTenant(tenantId);
    gates = [await openGate(new URL(api.config.GREY_DATABASE_URL)), await openGate(new URL(redis.url))];
    const [database, shared] = gates.map(({ url }) => url) as [string, string];
    second = await bootApi({
      ...api.config,
      GREY_DATABASE_URL: database,
      GREY_REDIS_URL: shared,
      GREY_DATA_DIR: folder,
    } as never);
    const own = () => second.app.get(RouterState).snapshot?.listInstances() ?? [];
    await vi.waitFor(() => expect(own()).toHaveLength(TOP), PATIENCE);
    watch('first', api.app.get(RouterLease), () => api.app.get(RouterState).snapshot);
    watch('second', second.app.get(RouterLease), () => second.app.get(RouterState).snapshot);
  });
  afterAll(async () => {
    for (const gate of gates) await gate.open();
    await second?.close();
    await api?.close();
    for (const gate of gates) gate.close();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('while upgrades go there and back, and replicas and SDKs are cut off, leave and die', {
    timeout: 120_000 + Number(soakMs),
  }, async () => {
    const random = seededRandom(Number(seed));
    const below = (count: number) => Math.floor(random() * count);
    const gone: string[] = [];
    let count = 0;
    const born = () => addRouter(`sdk-${++count}`, { skewMs: [0, 300_000, -300_000][count % 3] ?? 0 });
    const fleet = [await born(), await born(), await born()];
    const client = new Redis(redis.url);
    const cutSecond = () => {
      for (const gate of gates) gate.shut();
    };
    const healSecond = () => Promise.all(gates.map((gate) => gate.open()));
    const empty = async () => {
      await client.flushall();
      // A goodbye that nobody had written down yet is lost with it.
      dead.push(...gone);
    };
    /** Ends a router, with or without goodbye, and begins another. */
    const replace = async (at: number, isPolite: boolean) => {
      const router = fleet[at] as CutRouter;
      watched.delete(router.id);
      (isPolite && !router.isCut ? gone : dead).push(router.id);
      await (isPolite && !router.isCut ? router.leave() : router.kill());
      fleet[at] = await born();
    };
    const trouble = async (isOver: () => boolean) => {
      for (const until = performance.now() + TROUBLE_MS; !isOver() && performance.now() < until; ) {
        await sleep(40 + below(150));
        const at = below(fleet.length);
        const what = below(24);
        if (what < 5) fleet[at]?.cut();
        else if (what < 9) fleet[at]?.heal();
        else if (what < 11) cutSecond();
        else if (what < 14) await healSecond();
        else if (what === 14) await empty();
        else if (what < 17) await replace(at, what === 15);
        else for (const one of fleet) one.heal();
      }
      await healSecond();
      for (const one of fleet) one.heal();
    };
    const pause = () => sleep(below(120));
    const eye = setInterval(judgeAll, 5);
    const until = performance.now() + Number(soakMs);
    const done = { histories: 0, upgrades: 0 };
    for (let round = 1; round === 1 || performance.now() < until; round++) {
      const moving = Array.from({ length: TENANTS }, (_, number) => `t${round}-${number}`);
      for (const tenantId of moving) await addTenant(tenantId);
      tenants = [...moving, CALM, LAST];
      let isOver = false;
      const troubled = trouble(() => isOver);
      await Promise.all(
        moving.map(async (tenantId) => {
          for (let from = 1, tries = 0; from < TOP; tries++, done.upgrades++)
            from = await upgrade(tenantId, from, tries % 3 === 1, dead, pause);
        }),
      );
      isOver = true;
      await troubled;
      done.histories++;
      expect(faults).toEqual([]);
    }
    clearInterval(eye);
    client.disconnect();
    for (const router of fleet) {
      watched.delete(router.id);
      dead.push(router.id);
      await router.leave();
    }
    if (soakMs !== '0') process.stdout.write(`${JSON.stringify({ ...tally, ...done, routers: count })}\n`);
    // Something was at stake: decisions were made, also by the cut off, and some were refused for what they could not know.
    expect(
      Object.values(tally).every((times) => times > 0),
      JSON.stringify(tally),
    ).toBe(true);
  });

  it('which a router without a lease does, once it is cut off', { timeout: 60_000 }, async () => {
    const router = await addRouter('guileless');
    const reckless = { isHeld: () => true, isLost: false };
    await vi.waitFor(() => expect(router.lease.isHeld()).toBe(true), PATIENCE);
    const markedAt = await change('upgrade.marked', LAST, cellOf(1, 2, true));
    truth.set(LAST, { from: 1, to: 2 });
    await passes(markedAt, false, dead);
    const before = faults.length;
    router.cut();
    const fencedAt = await change('upgrade.fenced', LAST, cellOf(2, 2, true));
    const look = await passes(fencedAt, true, dead);
    expect(look.lapsed).toContain('guileless');
    truth.set(LAST, { from: 2, to: 2 });
    expect(router.lease.isHeld()).toBe(false);
    judgeAll();
    expect(faults.slice(before)).toEqual([]);
    watch('guileless', reckless, () => router.snapshot);
    judgeAll();
    expect(faults.slice(before)).toEqual(['guileless sends last, whose schema serves 2 to 2, to v1']);
    watched.delete('guileless');
    await router.kill();
  });
});

function cellOf(schemaVersion: number, expandedTo: number, isMigrating: boolean) {
  return { schemaVersion, expandedTo, isMigrating };
}
