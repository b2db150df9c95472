import type { Service as ServiceView } from '@grey/contracts';
import type { BucketRange, ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Prisma, Service } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { readServiceParts } from '../infra/db/read-service-parts.ts';
import { serviceRecordOf } from './service-record.ts';

type Balancing = ServiceView['balancing'];
/** `ranges`: the buckets that the version owns in a split. */
export interface OwnedDefault {
  version: string;
  weight: number;
  ranges?: BucketRange[];
}

/** Fields of a service that an operator sets. */
export interface ServiceFields {
  name: string;
  defaultVersions: OwnedDefault[];
  unknownTenant: string;
  balancer: string;
  balancing: Balancing;
  fallback: string;
  fallbackVersion: string | null;
}

/** What a service begins with: its default needs versions, and they come later. */
export type NewService = Omit<ServiceFields, 'defaultVersions' | 'fallbackVersion'>;

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

  insert(tx: Transaction, { id, ...fields }: { id: string } & NewService) {
    return tx.service.create({ data: { id, ...fields } as unknown as Prisma.ServiceCreateInput, ...counted });
  }

  update(tx: Transaction, id: string, fields: Partial<ServiceFields>): Promise<CountedService> {
    const data = { ...fields, rowVersion: { increment: 1 }, updatedAt: new Date() };
    return tx.service.update({ where: { id }, data: data as unknown as Prisma.ServiceUpdateInput, ...counted });
  }

  /** The service as the engine sees it inside this transaction. */
  async readRecord(tx: Transaction, id: string): Promise<ServiceRecord> {
    const [parts] = await readServiceParts(tx, [id]);
    if (parts === undefined) throw new Error(`there is no service ${id}`);
    return serviceRecordOf(parts);
  }
}
