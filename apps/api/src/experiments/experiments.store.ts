import type { ExperimentRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';

export interface ExperimentRow {
  readonly serviceId: string;
  readonly id: string;
  readonly name: string;
  readonly record: ExperimentRecord;
  readonly stamp: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** First number of the locks that keep two writers of one group apart. */
const GROUP_LOCKS = 72_708;

@Injectable()
export class ExperimentsStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** By id. */
  async list(tx: Transaction, serviceId: string): Promise<ExperimentRow[]> {
    return (await tx.experiment.findMany({
      where: { serviceId },
      orderBy: { id: 'asc' },
    })) as unknown as ExperimentRow[];
  }

  async find(tx: Transaction, serviceId: string, id: string): Promise<ExperimentRow | undefined> {
    const row = await tx.experiment.findUnique({ where: { serviceId_id: { serviceId, id } } });
    return (row as unknown as ExperimentRow | null) ?? undefined;
  }

  /** Keeps others from giving out buckets of the groups until the transaction ends. */
  async lockGroups(tx: Transaction, names: readonly string[]): Promise<void> {
    for (const name of [...new Set(names)].sort())
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${GROUP_LOCKS}::int, hashtext(${name}))`;
  }

  /** The experiments of a group, of all services. */
  async listGroup(tx: Transaction, groupName: string): Promise<ExperimentRow[]> {
    const orderBy = [{ serviceId: 'asc' }, { id: 'asc' }] as const;
    return (await tx.experiment.findMany({
      where: { groupName },
      orderBy: [...orderBy],
    })) as unknown as ExperimentRow[];
  }

  async put(tx: Transaction, serviceId: string, name: string, record: ExperimentRecord): Promise<ExperimentRow> {
    const [row] = await tx.$queryRaw<ExperimentRow[]>`
      INSERT INTO experiments (service_id, id, name, group_name, record)
      VALUES (${serviceId}, ${record.id}, ${name}, ${record.group?.name ?? null}, ${JSON.stringify(record)}::jsonb)
      ON CONFLICT (service_id, id) DO UPDATE SET name = EXCLUDED.name, group_name = EXCLUDED.group_name,
        record = EXCLUDED.record, stamp = nextval('routing_stamp_seq'), updated_at = clock_timestamp()
      RETURNING service_id AS "serviceId", id, name, record, stamp, created_at AS "createdAt", updated_at AS "updatedAt"`;
    if (row === undefined) throw new Error(`experiment ${record.id} was not written`);
    return row;
  }

  /** Its counts go with it. */
  async delete(tx: Transaction, serviceId: string, id: string): Promise<void> {
    await tx.experiment.delete({ where: { serviceId_id: { serviceId, id } } });
  }
}
