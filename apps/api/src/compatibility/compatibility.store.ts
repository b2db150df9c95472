import type { VersionCompatibility } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { StateGroup } from './guarded-state.ts';

export interface CompatibilityRow {
  readonly serviceId: string;
  readonly versions: readonly VersionCompatibility[];
  readonly stamp: bigint;
  readonly updatedAt: Date;
}

/** Assignments of one tenant, as parallel lists. */
export interface TenantCells {
  readonly tenantId: string;
  readonly serviceIds: readonly string[];
  readonly versions: readonly string[];
}

export interface VersionLabel {
  readonly serviceId: string;
  readonly version: string;
  readonly isRetired: boolean;
}

/** Names the lock between changes of single tenants (shared) and of everybody (alone). */
const GUARD_LOCK = 72_711;

@Injectable()
export class CompatibilityStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async list(tx: Transaction): Promise<CompatibilityRow[]> {
    return tx.$queryRaw<CompatibilityRow[]>`
      SELECT service_id AS "serviceId", versions, stamp, updated_at AS "updatedAt" FROM compatibility ORDER BY service_id`;
  }

  async find(tx: Transaction, serviceId: string): Promise<CompatibilityRow | undefined> {
    const [row] = await tx.$queryRaw<CompatibilityRow[]>`
      SELECT service_id AS "serviceId", versions, stamp, updated_at AS "updatedAt"
      FROM compatibility WHERE service_id = ${serviceId}`;
    return row;
  }

  async put(tx: Transaction, serviceId: string, versions: readonly VersionCompatibility[]): Promise<CompatibilityRow> {
    const [row] = await tx.$queryRaw<CompatibilityRow[]>`
      INSERT INTO compatibility (service_id, versions) VALUES (${serviceId}, ${JSON.stringify(versions)}::jsonb)
      ON CONFLICT (service_id) DO UPDATE SET versions = EXCLUDED.versions,
        stamp = nextval('routing_stamp_seq'), updated_at = clock_timestamp()
      RETURNING service_id AS "serviceId", versions, stamp, updated_at AS "updatedAt"`;
    if (row === undefined) throw new Error(`the compatibility of ${serviceId} was not written`);
    return row;
  }

  /** Keeps other changes that are judged by what these tenants have away until the end. */
  async holdTenants(tx: Transaction, tenantIds: readonly string[]): Promise<void> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${GUARD_LOCK}::bigint)`;
    await tx.$executeRaw`
      SELECT id FROM tenants WHERE id = ANY (${[...tenantIds]}::text[]) ORDER BY id FOR NO KEY UPDATE`;
  }

  /** Keeps every other change that is judged by what tenants have away until the end. */
  async holdEverybody(tx: Transaction): Promise<void> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${GUARD_LOCK}::bigint)`;
  }

  /** Versions that a default gives, by service. */
  async readDefaults(tx: Transaction, serviceIds: readonly string[]): Promise<Map<string, readonly string[]>> {
    const rows = await tx.$queryRaw<{ id: string; versions: string[] }[]>`
      SELECT s.id, array_agg(d.value ->> 'version' ORDER BY d.ordinality) AS versions
      FROM services s, jsonb_array_elements(s.default_versions) WITH ORDINALITY d
      WHERE s.id = ANY (${[...serviceIds]}::text[]) AND (d.value ->> 'weight')::int > 0 GROUP BY s.id`;
    return new Map(rows.map(({ id, versions }) => [id, versions]));
  }

  /** Versions of services, oldest first. */
  readLabels(tx: Transaction, serviceIds: readonly string[]): Promise<VersionLabel[]> {
    return tx.$queryRaw<VersionLabel[]>`
      SELECT service_id AS "serviceId", version, status = 'retired' AS "isRetired" FROM versions
      WHERE service_id = ANY (${[...serviceIds]}::text[]) ORDER BY service_id, ordinal`;
  }

  /** All versions of those of the services that there are. */
  async readKnown(tx: Transaction, serviceIds: readonly string[]): Promise<Map<string, ReadonlySet<string>>> {
    const rows = await tx.$queryRaw<{ id: string; versions: string[] }[]>`
      SELECT s.id, array_remove(array_agg(v.version), NULL) AS versions
      FROM services s LEFT JOIN versions v ON v.service_id = s.id
      WHERE s.id = ANY (${[...serviceIds]}::text[]) GROUP BY s.id`;
    return new Map(rows.map(({ id, versions }) => [id, new Set(versions)]));
  }

  /** How many tenants are assigned which version of the services. */
  countAssigned(tx: Transaction, serviceIds: readonly string[]) {
    return tx.$queryRaw<{ serviceId: string; version: string; count: number }[]>`
      SELECT service_id AS "serviceId", version, count(*)::int AS count FROM assignments
      WHERE service_id = ANY (${[...serviceIds]}::text[]) GROUP BY service_id, version ORDER BY service_id, version`;
  }

  /** Assignments of tenants within the services; tenants without any are left out. */
  readCells(tx: Transaction, tenantIds: readonly string[], serviceIds: readonly string[]): Promise<TenantCells[]> {
    return tx.$queryRaw<TenantCells[]>`
      SELECT tenant_id AS "tenantId", array_agg(service_id) AS "serviceIds", array_agg(version) AS versions
      FROM assignments
      WHERE tenant_id = ANY (${[...tenantIds]}::text[]) AND service_id = ANY (${[...serviceIds]}::text[])
      GROUP BY tenant_id`;
  }

  /** All tenants by what they are assigned within the services. */
  async readStateGroups(tx: Transaction, serviceIds: readonly string[]): Promise<StateGroup[]> {
    const rows = await tx.$queryRaw<
      { serviceIds: string[] | null; versions: string[] | null; tenantCount: number; examples: string[] }[]
    >`
      SELECT "serviceIds", versions, count(*)::int AS "tenantCount", (array_agg(id ORDER BY id))[1:3] AS examples
      FROM (
        SELECT t.id, array_agg(a.service_id ORDER BY a.service_id) AS "serviceIds",
               array_agg(a.version ORDER BY a.service_id) AS versions
        FROM tenants t
        LEFT JOIN assignments a ON a.tenant_id = t.id AND a.service_id = ANY (${[...serviceIds]}::text[])
        WHERE t.deleted_at IS NULL GROUP BY t.id
      ) AS state GROUP BY "serviceIds", versions`;
    return rows.map(({ serviceIds: ids, versions, tenantCount, examples }) => ({
      versions: new Map((ids ?? []).flatMap((id, at) => (id === null ? [] : [[id, versions?.[at] ?? ''] as const]))),
      tenantCount,
      examples,
    }));
  }

  /** Ids of tenants by tag or all, within `only`; null: all. */
  async selectTenants(tx: Transaction, tag: string | null, only: ReadonlySet<string> | null): Promise<string[]> {
    const rows = await tx.tenant.findMany({
      where: {
        deletedAt: null,
        ...(tag === null ? {} : { tags: { has: tag } }),
        ...(only === null ? {} : { id: { in: [...only] } }),
      },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  /** Ids of tenants that are assigned a version, within `only`; null: all. */
  async selectAssigned(
    tx: Transaction,
    { serviceId, version }: { serviceId: string; version: string },
    only: ReadonlySet<string> | null,
  ): Promise<string[]> {
    const where = { serviceId, version, ...(only === null ? {} : { tenantId: { in: [...only] } }) };
    const rows = await tx.assignment.findMany({ where, select: { tenantId: true }, orderBy: { tenantId: 'asc' } });
    return rows.map(({ tenantId }) => tenantId);
  }
}
