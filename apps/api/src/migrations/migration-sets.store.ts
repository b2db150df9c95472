import type { Engine } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { SetDraft, SetHead, SetRow } from './migration-set-row.ts';

/** Names a set. */
export interface SetKey {
  readonly serviceId: string;
  readonly version: string;
  readonly engine: Engine;
}

/** Which state of which set: another stamp is another state. */
export interface SetStamp extends SetKey {
  readonly schemaVersion: number;
  readonly stamp: bigint;
}

const key = Prisma.sql`
  m.service_id AS "serviceId", m.version, m.engine, m.schema_version::float8 AS "schemaVersion", m.stamp`;
const head = Prisma.sql`${key}, m.report, m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

@Injectable()
export class MigrationSetsStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  /** All sets of a service, of both engines. */
  list(tx: Transaction, serviceId: string): Promise<SetHead[]> {
    return tx.$queryRaw<SetHead[]>`
      SELECT ${head} FROM migration_sets m WHERE m.service_id = ${serviceId} ORDER BY m.schema_version, m.engine`;
  }

  /** Which numbers are taken by which sets of a service, of both engines. */
  listNumbers(tx: Transaction, serviceId: string): Promise<SetStamp[]> {
    return tx.$queryRaw<SetStamp[]>`
      SELECT ${key} FROM migration_sets m WHERE m.service_id = ${serviceId} ORDER BY m.schema_version, m.engine`;
  }

  /** By schema version. @param above not that one itself @param upTo this one too */
  listStamps(tx: Transaction, serviceId: string, engine: string, above: number, upTo: number): Promise<SetStamp[]> {
    return tx.$queryRaw<SetStamp[]>`
      SELECT ${key} FROM migration_sets m
      WHERE m.service_id = ${serviceId} AND m.engine = ${engine}
        AND m.schema_version > ${above}::bigint AND m.schema_version <= ${upTo}::bigint
      ORDER BY m.schema_version`;
  }

  async findStamp(tx: Transaction, { serviceId, version, engine }: SetKey): Promise<SetStamp | undefined> {
    const [row] = await tx.$queryRaw<SetStamp[]>`
      SELECT ${key} FROM migration_sets m
      WHERE m.service_id = ${serviceId} AND m.version = ${version} AND m.engine = ${engine}`;
    return row;
  }

  async find(tx: Transaction, { serviceId, version, engine }: SetKey): Promise<SetRow | undefined> {
    const [row] = await tx.$queryRaw<SetRow[]>`
      SELECT ${head}, m.migrations, m.findings FROM migration_sets m
      WHERE m.service_id = ${serviceId} AND m.version = ${version} AND m.engine = ${engine}`;
    return row;
  }

  /** Whether the set is kept with exactly these files. */
  async hasFiles(tx: Transaction, { serviceId, version, engine, files }: SetDraft): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM migration_sets m
      WHERE m.service_id = ${serviceId} AND m.version = ${version} AND m.engine = ${engine}
        AND m.files = ${asText(files)}::jsonb`;
    return rows.length > 0;
  }

  async put(tx: Transaction, draft: SetDraft): Promise<SetRow> {
    const { serviceId, version, engine, schemaVersion, files, migrations, report, findings } = draft;
    await tx.$executeRaw`
      INSERT INTO migration_sets (service_id, version, engine, schema_version, files, migrations, report, findings)
      VALUES (${serviceId}, ${version}, ${engine}, ${schemaVersion}::bigint, ${asText(files)}::jsonb,
              ${asText(migrations)}::jsonb, ${asText(report)}::jsonb, ${asText(findings)}::jsonb)
      ON CONFLICT (service_id, version, engine) DO UPDATE SET schema_version = EXCLUDED.schema_version,
        files = EXCLUDED.files, migrations = EXCLUDED.migrations, report = EXCLUDED.report,
        findings = EXCLUDED.findings, updated_at = clock_timestamp(), stamp = nextval('routing_stamp_seq')`;
    const row = await this.find(tx, draft);
    if (row === undefined) throw new Error(`the migrations of ${serviceId} ${version} were not written`);
    return row;
  }

  async delete(tx: Transaction, { serviceId, version, engine }: SetKey): Promise<void> {
    await tx.$executeRaw`
      DELETE FROM migration_sets WHERE service_id = ${serviceId} AND version = ${version} AND engine = ${engine}`;
  }
}

/** JSON that jsonb takes: an excerpt may have been cut within a character. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'string' ? one.toWellFormed() : one));
}
