import type { ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Service, Version } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { serviceRecordOf } from './service-record.ts';

/** Fields of a service that an operator sets. */
export interface ServiceFields {
  name: string;
  defaultVersions: { version: string; weight: number }[];
  unknownTenant: string;
  balancer: string;
  fallback: string;
}

export type CountedService = Service & { _count: { versions: number } };
const counted = { include: { _count: { select: { versions: true } } } } as const;

@Injectable()
export class ServicesStore {
  constructor(private readonly database: Database) {}

  list(search: string | undefined, after: string, limit: number): Promise<CountedService[]> {
    const contains = search && { contains: search.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const };
    return this.database.run((client) =>
      client.service.findMany({
        where: { id: { gt: after }, ...(contains ? { OR: [{ id: contains }, { name: contains }] } : {}) },
        orderBy: { id: 'asc' },
        take: limit,
        ...counted,
      }),
    );
  }

  find(id: string): Promise<CountedService | undefined> {
    return this.database.run((client) => this.findIn(client, id));
  }

  async findIn(tx: Transaction, id: string): Promise<CountedService | undefined> {
    return (await tx.service.findUnique({ where: { id }, ...counted })) ?? undefined;
  }

  /** Locks the service, and by that its set of versions, against other changes; assignments go on. */
  async lock(tx: Transaction, id: string): Promise<CountedService | undefined> {
    await tx.$queryRaw`SELECT id FROM services WHERE id = ${id} FOR NO KEY UPDATE`;
    return this.findIn(tx, id);
  }

  insert(tx: Transaction, data: { id: string } & Partial<ServiceFields> & Omit<ServiceFields, 'defaultVersions'>) {
    return tx.service.create({ data, ...counted });
  }

  update(tx: Transaction, id: string, fields: Partial<ServiceFields>): Promise<CountedService> {
    const data = { ...fields, rowVersion: { increment: 1 }, updatedAt: new Date() };
    return tx.service.update({ where: { id }, data, ...counted });
  }

  /** The service as the engine sees it inside this transaction. */
  async readRecord(tx: Transaction, id: string): Promise<ServiceRecord> {
    const { versions, ...service } = await tx.service.findUniqueOrThrow({
      where: { id },
      include: { versions: { orderBy: { ordinal: 'asc' } } },
    });
    return serviceRecordOf(service as Service, versions as Version[]);
  }
}
