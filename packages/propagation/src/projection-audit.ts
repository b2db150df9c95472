import { redisKeys } from '@grey/contracts';
import { isSameMap } from './is-same-map.ts';
import type { ProjectionModel } from './projection-model.ts';
import { extendSystemTenants, opsOfTenant, type TenantProjection } from './projection-ops.ts';
import type { ProjectionWriter } from './projection-writer.ts';
import { readTenants } from './read-tenants.ts';
import type { RedisLink } from './redis-link.ts';
import { readPosition } from './redis-position.ts';
import { runOps } from './run-ops.ts';
import { scanTenants } from './scan-keys.ts';

/** What one look found. `isStill` false: the projection moved on meanwhile, nothing was judged. */
export interface AuditResult {
  readonly isStill: boolean;
  readonly repaired: readonly string[];
}

const MOST_TENANTS = 500;
const LEAST_TENANTS = 20;

/** Compares the projection with what it should be, some tenants at a time, and corrects what differs. */
export class ProjectionAudit {
  readonly #link: Pick<RedisLink, 'run'>;
  readonly #writer: ProjectionWriter;
  #left: string[] = [];
  #batch = MOST_TENANTS;

  constructor(link: Pick<RedisLink, 'run'>, writer: ProjectionWriter) {
    this.#link = link;
    this.#writer = writer;
  }

  /** One step of the sweep, suspects first. The model must stand where the projection stands. @throws RedisError */
  async step(model: ProjectionModel): Promise<AuditResult> {
    const suspects = await this.#link.run((client) => client.spop(redisKeys.suspects, this.#batch));
    if (suspects.length > 0) {
      const result = await this.#check(model, suspects).catch(() => undefined);
      if (result?.isStill !== true) await this.#link.run((client) => client.sadd(redisKeys.suspects, ...suspects));
      return result ?? { isStill: false, repaired: [] };
    }
    if (this.#left.length === 0) {
      const strangers = [...(await this.#link.run(scanTenants))].filter((id) => !model.hasTenant(id));
      this.#left = [...model.tenantIds, ...strangers];
    }
    const some = this.#left.slice(-this.#batch);
    const result = await this.#check(model, some);
    // Under constant change a large look never finds the projection still: look at fewer.
    this.#batch = result.isStill ? Math.min(this.#batch * 2, MOST_TENANTS) : Math.max(this.#batch >> 1, LEAST_TENANTS);
    if (result.isStill) this.#left.length -= some.length;
    return result;
  }

  async #check(model: ProjectionModel, ids: readonly string[]): Promise<AuditResult> {
    const { position } = model.snapshot;
    const found = await this.#link.run((client) => readTenants(client, ids));
    await this.#link.run((client) => runOps(client, [extendSystemTenants]));
    const now = await this.#link.run(readPosition);
    if (now?.epoch !== position.epoch || now.projected !== position.revision) return { isStill: false, repaired: [] };
    const wrong = ids.filter((id, index) => !isSame(model.project(id), found[index]!));
    if (wrong.length === 0) return { isStill: true, repaired: [] };
    const ops = wrong.flatMap((id) => opsOfTenant(id, model.project(id)));
    const isStill = await this.#writer.repair(position, [...ops, extendSystemTenants], wrong);
    return { isStill, repaired: isStill ? wrong : [] };
  }
}

function isSame(a: TenantProjection, b: TenantProjection): boolean {
  return (
    a.isActive === b.isActive &&
    a.name === b.name &&
    isSameMap(a.services, b.services) &&
    isSameMap(a.metadata, b.metadata) &&
    isSameMap(a.dbSchema, b.dbSchema)
  );
}
