import { Injectable } from '@nestjs/common';
import type { Version } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';

/** Fields of a version that an operator sets. */
export interface VersionFields {
  status: string;
  schemaMin: number | null;
  schemaMax: number | null;
  endOfLifeAt: string | null;
}

export type CountedVersion = Version & { _count: { assignments: number } };
const counted = { include: { _count: { select: { assignments: true } } } } as const;

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

  /** Number of a schema that migrations of the version lead to and the range does not have. */
  async findSchemaOutside(
    tx: Transaction,
    serviceId: string,
    version: string,
    { schemaMin, schemaMax }: Pick<VersionFields, 'schemaMin' | 'schemaMax'>,
  ): Promise<number | undefined> {
    const [row] = await tx.$queryRaw<{ schemaVersion: number }[]>`
      SELECT schema_version::float8 AS "schemaVersion" FROM migration_sets
      WHERE service_id = ${serviceId} AND version = ${version}
        AND (schema_version < ${schemaMin}::bigint OR schema_version > ${schemaMax}::bigint) LIMIT 1`;
    return row?.schemaVersion;
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
}
