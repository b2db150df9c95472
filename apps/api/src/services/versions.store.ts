import type { ExperimentRecord, LaneRecord, RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Version } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { readServiceParts } from '../infra/db/read-service-parts.ts';
import type { RoutingOfService } from './version-references.ts';

/** Fields of a version that an operator sets. */
export interface VersionFields {
  status: string;
  schemaMin: number | null;
  schemaMax: number | null;
  endOfLifeAt: string | null;
}

export type CountedVersion = Version & { _count: { assignments: number } };
const counted = { include: { _count: { select: { assignments: true } } } } as const;
const REFERENCES_SHOWN = 100;

@Injectable()
export class VersionsStore {
  constructor(private readonly database: Database) {}

  /** Newest first; undefined when there is no such service. */
  list(serviceId: string): Promise<CountedVersion[] | undefined> {
    return this.database.consistentRead(async (tx) => {
      if ((await tx.service.findUnique({ where: { id: serviceId }, select: { id: true } })) === null) return undefined;
      return tx.version.findMany({ where: { serviceId }, orderBy: { ordinal: 'desc' }, ...counted });
    });
  }

  async find(tx: Transaction, serviceId: string, version: string): Promise<CountedVersion | undefined> {
    return (
      (await tx.version.findUnique({ where: { serviceId_version: { serviceId, version } }, ...counted })) ?? undefined
    );
  }

  read(serviceId: string, version: string): Promise<CountedVersion | undefined> {
    return this.database.run((client) => this.find(client, serviceId, version));
  }

  /**
   * Keeps versions from being retired until the transaction ends, without keeping others from assigning them.
   * @returns their status by label; a label that is missing is no version
   */
  async hold(tx: Transaction, serviceId: string, labels: readonly string[]): Promise<Map<string, string>> {
    const rows = await tx.$queryRaw<{ version: string; status: string }[]>`
      SELECT version, status FROM versions WHERE service_id = ${serviceId} AND version = ANY (${[...labels]}::text[])
      ORDER BY version FOR KEY SHARE`;
    return new Map(rows.map((row) => [row.version, row.status]));
  }

  /** As {@link hold}, without holding. */
  async readStatuses(tx: Transaction, serviceId: string, labels: readonly string[]): Promise<Map<string, string>> {
    const where = { serviceId, version: { in: [...labels] } };
    const rows = await tx.version.findMany({ where, select: { version: true, status: true } });
    return new Map(rows.map((row) => [row.version, row.status]));
  }

  /** Waits for those who are assigning the version just now, and keeps new ones out. */
  async lock(tx: Transaction, serviceId: string, version: string): Promise<CountedVersion | undefined> {
    await tx.$queryRaw`
      SELECT version FROM versions WHERE service_id = ${serviceId} AND version = ${version} FOR UPDATE`;
    return this.find(tx, serviceId, version);
  }

  async highestOrdinal(tx: Transaction, serviceId: string): Promise<number> {
    const { _max } = await tx.version.aggregate({ where: { serviceId }, _max: { ordinal: true } });
    return _max.ordinal ?? 0;
  }

  insert(
    tx: Transaction,
    data: { serviceId: string; version: string; ordinal: number } & Omit<VersionFields, 'status'>,
  ): Promise<CountedVersion> {
    return tx.version.create({ data, ...counted });
  }

  update(tx: Transaction, serviceId: string, version: string, fields: Partial<VersionFields>): Promise<CountedVersion> {
    return tx.version.update({
      where: { serviceId_version: { serviceId, version } },
      data: { ...fields, rowVersion: { increment: 1 }, updatedAt: new Date() },
      ...counted,
    });
  }

  /** What of routing may name a version of the service. */
  async findRouting(tx: Transaction, serviceId: string): Promise<RoutingOfService> {
    const [parts] = await readServiceParts(tx, [serviceId]);
    const lanes = await tx.lane.findMany({ select: { record: true }, orderBy: { tag: 'asc' } });
    const holds = await tx.hold.findMany({
      where: { serviceId, liftedAt: null },
      select: { id: true, toVersion: true },
    });
    return {
      holds,
      fallbackVersion: parts?.fallbackVersion ?? null,
      ruleSet: parts?.liveRules?.record as RuleSetRecord | undefined,
      experiments: parts?.experiments.map(({ record }) => record as ExperimentRecord) ?? [],
      lanes: lanes.map(({ record }) => record as unknown as LaneRecord),
    };
  }

  /** Ids of the first hundred tenants that the version is assigned to, and how many there are. */
  async findAssigned(tx: Transaction, serviceId: string, version: string) {
    const where = { serviceId, version };
    const rows = await tx.assignment.findMany({ where, orderBy: { tenantId: 'asc' }, take: REFERENCES_SHOWN });
    return { tenantIds: rows.map((row) => row.tenantId), count: await tx.assignment.count({ where }) };
  }
}
