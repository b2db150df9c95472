import type { FlagRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';

/** The flags of one version. `stamp` 0: they were never set. */
export interface FlagsRow {
  readonly flags: readonly FlagRecord[];
  readonly stamp: bigint;
}

@Injectable()
export class FlagsStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async find(tx: Transaction, serviceId: string, version: string): Promise<FlagsRow | undefined> {
    const row = await tx.version.findUnique({
      where: { serviceId_version: { serviceId, version } },
      select: { flags: true, flagsStamp: true },
    });
    return row === null ? undefined : { flags: row.flags as unknown as FlagRecord[], stamp: row.flagsStamp };
  }

  async write(tx: Transaction, serviceId: string, version: string, flags: readonly object[]): Promise<void> {
    await tx.$executeRaw`
      UPDATE versions SET flags = ${JSON.stringify(flags)}::jsonb, flags_stamp = nextval('routing_stamp_seq')
      WHERE service_id = ${serviceId} AND version = ${version}`;
  }
}
