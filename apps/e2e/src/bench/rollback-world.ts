import { setTimeout as sleep } from 'node:timers/promises';
import { type Rollback, type RollbackResult, rollbackResultSchema, rollbackSchema } from '@grey/contracts';
import { makeTenants, startTenantService } from '../../../api/test/tenant-service.ts';
import { callerFor, UnexpectedAnswer } from '../call-product.ts';
import { BeatingFleet } from '../soak/outages/beating-fleet.ts';
import type { AppliedMessage } from './router-child.ts';
import { FLEET_SIZE, RouterFleet } from './router-fleet.ts';
import { type Replicas, startReplicas } from './start-replicas.ts';

const TENANT_COUNT = 10_000;
const SERVICE = 'pay';
const [OLD, NEW] = ['1.0.0', '2.0.0'];
/** After this long a router has missed a rollback, in milliseconds. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 5;

/** Whom a rollback names: a list of all tenants, or everybody who is on the version. */
export type Naming = 'tenants' | 'version';

export interface MeasuredRollback {
  readonly result: RollbackResult;
  /** From the call until the last router had it, in milliseconds; routers that did not get it are not in it. */
  readonly tookMs: number;
  /** From the call until its answer, which waits for all routers when the log has it. */
  readonly answeredMs: number;
  readonly missed: readonly string[];
}

/**
 * 10 000 tenants on a version that is to be rolled back, two replicas of the API and 18 routers in six processes. When a
 * router has the hold is taken at the router; of the replica that was not called it is seen by asking it for a decision.
 */
export class RollbackWorld {
  readonly replicas: Replicas;
  readonly fleet: RouterFleet;
  readonly #services: BeatingFleet;
  readonly #arrivals: Map<string, Map<string, AppliedMessage>>;

  private constructor(
    replicas: Replicas,
    fleet: RouterFleet,
    services: BeatingFleet,
    arrivals: Map<string, Map<string, AppliedMessage>>,
  ) {
    this.replicas = replicas;
    this.fleet = fleet;
    this.#services = services;
    this.#arrivals = arrivals;
  }

  /** @param failShare the share of reads of the stream that fails, 0 to 1 */
  static async start(failShare: number): Promise<RollbackWorld> {
    const source = await startTenantService(makeTenants(TENANT_COUNT));
    const replicas = await startReplicas(2, {
      GREY_TENANT_SYNC_URL: source.url,
      GREY_TENANT_SYNC_TOKEN: source.token,
    });
    const services = new BeatingFleet(
      replicas.apis.map(({ url }) => url),
      replicas.token,
    );
    try {
      await fill(replicas, services);
      const arrivals = new Map<string, Map<string, AppliedMessage>>();
      const fleet = await RouterFleet.start(replicas.redis.url, failShare, (message) => {
        for (const id of message.holds) {
          const known = arrivals.get(id) ?? new Map<string, AppliedMessage>();
          if (!known.has(message.router)) known.set(message.router, message);
          arrivals.set(id, known);
        }
      });
      return new RollbackWorld(replicas, fleet, services, arrivals);
    } catch (error) {
      services.stop();
      await replicas.stop();
      throw error;
    } finally {
      await source.close();
    }
  }

  /** Rolls all tenants back by one call of the first replica, and sees it through to the last router. */
  async rollBack(naming: Naming): Promise<MeasuredRollback> {
    const whom =
      naming === 'version'
        ? { scope: { kind: 'version' } }
        : { affectedTenants: makeTenants(TENANT_COUNT).map(({ id }) => id) };
    const body = {
      serviceId: SERVICE,
      fromVersion: NEW,
      toVersion: OLD,
      reason: 'measured',
      maxAffected: TENANT_COUNT,
    };
    const startedAt = performance.timeOrigin + performance.now();
    const elsewhere = this.#untilElsewhere();
    const target = `/api/emergency/rollback?wait=converged&waitMs=${PATIENCE_MS}`;
    const result = rollbackResultSchema.parse(await this.replicas.call('POST', target, { ...body, ...whom }));
    const answeredMs = performance.timeOrigin + performance.now() - startedAt;
    const arrivals = await this.#untilAllHave(result.rollbackId);
    const elsewhereAt = await elsewhere;
    const missed = this.#whoMissed(arrivals, result);
    if (elsewhereAt === undefined) missed.push('api-2');
    const last = Math.max(elsewhereAt ?? 0, ...[...arrivals.values()].map(({ at }) => at));
    return { result, tookMs: last - startedAt, answeredMs, missed };
  }

  /** Waits for the bookkeeping, then takes the rollback back everywhere. */
  async undo(rollbackId: string): Promise<void> {
    const target = `/api/emergency/rollbacks/${rollbackId}`;
    await this.#until(async () => (await this.#find(target))?.state === 'done', 'the bookkeeping did not end');
    const reason = 'measured';
    const plan = await this.replicas
      .call<never>('POST', `${target}/undo`, { reason })
      .catch((error: UnexpectedAnswer) => JSON.parse(error.body).plan as { planToken: string });
    await this.replicas.call('POST', `${target}/undo?wait=converged&waitMs=${PATIENCE_MS}`, { reason, ...pick(plan) });
    await this.#until(async () => (await this.#versionAt(1)) === NEW, 'the other replica did not take it back');
  }

  async stop(): Promise<void> {
    this.#services.stop();
    await this.fleet.stop();
    await this.replicas.stop();
  }

  async #untilElsewhere(): Promise<number | undefined> {
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until) {
      if ((await this.#versionAt(1)) === OLD) return performance.timeOrigin + performance.now();
      await sleep(LOOK_MS);
    }
    return undefined;
  }

  async #untilAllHave(holdId: string): Promise<ReadonlyMap<string, AppliedMessage>> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const arrivals = this.#arrivals.get(holdId) ?? new Map<string, AppliedMessage>();
      if (arrivals.size === FLEET_SIZE || Date.now() > until) return arrivals;
      await sleep(LOOK_MS);
    }
  }

  /** Who does not have it, has it at another position than the log, or was not counted in the answer. */
  #whoMissed(arrivals: ReadonlyMap<string, AppliedMessage>, { position, convergence }: RollbackResult): string[] {
    const missed = Array.from({ length: FLEET_SIZE - arrivals.size }, () => 'a router');
    for (const { router, revision } of arrivals.values())
      if (position !== null && revision !== position.revision) missed.push(`${router} at ${revision}`);
    if (convergence !== null && (convergence.applied !== FLEET_SIZE + 2 || convergence.total !== FLEET_SIZE + 2))
      missed.push(`in the answer: ${JSON.stringify(convergence)}`);
    return missed;
  }

  async #versionAt(replica: number): Promise<string | undefined> {
    const call = callerFor(this.replicas.apis[replica]!.url, this.replicas.token);
    const body = { tenantId: makeTenants(1)[0]!.id, serviceName: SERVICE };
    return (await call<{ version: string }>('POST', '/api/grey-router/route', body)).version;
  }

  /** undefined while the log cannot be read, or does not have it yet. */
  async #find(target: string): Promise<Rollback | undefined> {
    try {
      return rollbackSchema.parse(await this.replicas.call('GET', target));
    } catch (error) {
      if (error instanceof UnexpectedAnswer) return undefined;
      throw error;
    }
  }

  async #until(check: () => Promise<boolean>, otherwise: string): Promise<void> {
    const until = Date.now() + 3 * PATIENCE_MS;
    while (!(await check())) {
      if (Date.now() > until) throw new Error(otherwise);
      await sleep(20);
    }
  }
}

const pick = ({ planToken }: { planToken: string }) => ({ planToken });

/** All tenants on the new version of a service that has an instance of each. */
async function fill({ call }: Replicas, services: BeatingFleet): Promise<void> {
  await call('POST', '/api/tenant-sync/run', {}).catch(() => undefined);
  await call('POST', '/api/services', { id: SERVICE });
  for (const version of [OLD, NEW]) {
    await call('POST', `/api/services/${SERVICE}/versions`, { version });
    await services.add({ serviceId: SERVICE, version: version!, instanceId: `${SERVICE}-${version}` });
  }
  const plan = { selection: { kind: 'all' }, targets: [{ serviceId: SERVICE, targetVersion: NEW }] };
  const { planToken, summary } = await call<{ planToken: string; summary: { moveCount: number } }>(
    'POST',
    '/api/assignments/plan',
    plan,
  );
  if (summary.moveCount !== TENANT_COUNT) throw new Error(`${summary.moveCount} tenants instead of ${TENANT_COUNT}`);
  await call('POST', '/api/assignments/apply?wait=converged', { planToken, plan });
}
