import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { BackupDraft, BackupRow } from './backup-row.ts';

export interface BackupFilter {
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
}

/** Where a page ended. */
export interface BackupPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/** What a finished file is. */
export interface WrittenBackup {
  readonly method: BackupRow['method'];
  readonly tables: readonly string[];
  readonly place: string;
  readonly checksum: string;
  readonly byteCount: number;
  readonly keepDays: number;
}

/** A writer that has not said for so long that it is at it is dead; seconds. */
const SILENCE_SECONDS = 180;

const columns = Prisma.sql`
  b.id::text AS id, b.tenant_id AS "tenantId", b.service_id AS "serviceId", b.upgrade_id::text AS "upgradeId", b.state,
  b.engine, b.method, b.tables, b.place, b.host, b.checksum, b.byte_count::float8 AS "byteCount",
  b.schema_version AS "schemaVersion", b.expanded_to AS "expandedTo", b.error, b.created_at AS "createdAt",
  b.finished_at AS "finishedAt", b.expires_at AS "expiresAt", b.restored_at AS "restoredAt"`;

@Injectable()
export class BackupsStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async find(id: string): Promise<BackupRow | undefined> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<BackupRow[]>`SELECT ${columns} FROM backups b WHERE b.id = ${id}::uuid`,
    );
    return row;
  }

  /** The newest first. @param only tenants to stay within; null: all */
  list(
    filter: BackupFilter,
    only: ReadonlySet<string> | null,
    before: BackupPlace | undefined,
    limit: number,
  ): Promise<BackupRow[]> {
    const parts = [Prisma.sql`TRUE`];
    const { tenantId, serviceId } = filter;
    if (tenantId !== undefined) parts.push(Prisma.sql`b.tenant_id = ${tenantId}`);
    if (serviceId !== undefined) parts.push(Prisma.sql`b.service_id = ${serviceId}`);
    if (only !== null) parts.push(Prisma.sql`b.tenant_id = ANY (${[...only]}::text[])`);
    if (before !== undefined) parts.push(Prisma.sql`(b.created_at, b.id) < (${before.createdAt}, ${before.id}::uuid)`);
    return this.database.run(
      (client) => client.$queryRaw<BackupRow[]>`
        SELECT ${columns} FROM backups b WHERE ${Prisma.join(parts, ' AND ')}
        ORDER BY b.created_at DESC, b.id DESC LIMIT ${limit}`,
    );
  }

  /** Complete ones of a cell that have not expired, the newest first. */
  listUsable(tx: Transaction, tenantId: string, serviceId: string): Promise<BackupRow[]> {
    return tx.$queryRaw<BackupRow[]>`
      SELECT ${columns} FROM backups b
      WHERE b.tenant_id = ${tenantId} AND b.service_id = ${serviceId} AND b.state = 'done'
      ORDER BY b.created_at DESC LIMIT 100`;
  }

  /** What the tenant's schema serves now. */
  async readState(tenantId: string, serviceId: string) {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ schemaVersion: number; expandedTo: number }[]>`
        SELECT schema_version::float8 AS "schemaVersion", expanded_to::float8 AS "expandedTo" FROM tenant_schemas
        WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}`,
    );
    return row;
  }

  /** An upgrade of the cell that has not ended. */
  async findUpgrade(tenantId: string, serviceId: string): Promise<string | undefined> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ id: string }[]>`
        SELECT id::text AS id FROM upgrades
        WHERE tenant_id = ${tenantId} AND service_id = ${serviceId} AND finished_at IS NULL`,
    );
    return row?.id;
  }

  /** What is there of a tenant and a service. */
  async readPlace(tenantId: string, serviceId: string) {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ hasTenant: boolean; hasService: boolean; engine: BackupRow['engine'] | null }[]>`
        SELECT EXISTS (SELECT 1 FROM tenants WHERE id = ${tenantId} AND deleted_at IS NULL) AS "hasTenant",
          EXISTS (SELECT 1 FROM services WHERE id = ${serviceId}) AS "hasService",
          (SELECT engine FROM data_sources WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}) AS engine`,
    );
    return row as { hasTenant: boolean; hasService: boolean; engine: BackupRow['engine'] | null };
  }

  async begin(draft: BackupDraft): Promise<void> {
    const { id, tenantId, serviceId, upgradeId, engine, tables, host, schemaVersion, expandedTo, reason } = draft;
    await this.database.run(
      (client) => client.$executeRaw`
        INSERT INTO backups (id, tenant_id, service_id, upgrade_id, state, engine, method, tables, host, schema_version,
                             expanded_to, requested_by, reason, created_at, touched_at)
        VALUES (${id}::uuid, ${tenantId}, ${serviceId}, ${upgradeId}::uuid, 'running', ${engine}, 'copy',
                ${[...tables]}::text[], ${host}, ${schemaVersion}, ${expandedTo},
                ${JSON.stringify(draft.requestedBy)}::jsonb, ${reason}, clock_timestamp(), clock_timestamp())`,
    );
  }

  /** Says that the writer is alive. */
  async touch(id: string): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`UPDATE backups SET touched_at = clock_timestamp() WHERE id = ${id}::uuid`,
    );
  }

  async finish(id: string, written: WrittenBackup): Promise<BackupRow> {
    const { method, tables, place, checksum, byteCount, keepDays } = written;
    const [row] = await this.database.run(
      (client) => client.$queryRaw<BackupRow[]>`
        UPDATE backups b SET state = 'done', method = ${method}, tables = ${[...tables]}::text[], place = ${place},
          checksum = ${checksum}, byte_count = ${BigInt(byteCount)}, error = NULL, finished_at = clock_timestamp(),
          expires_at = clock_timestamp() + make_interval(days => ${keepDays}::int)
        WHERE b.id = ${id}::uuid RETURNING ${columns}`,
    );
    return row as BackupRow;
  }

  async fail(id: string, error: string): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        UPDATE backups SET state = 'failed', error = ${error}, finished_at = clock_timestamp() WHERE id = ${id}::uuid`,
    );
  }

  /** Those that nobody writes any more. */
  failSilent(): Promise<number> {
    return this.database.run(
      (client) => client.$executeRaw`
        UPDATE backups SET state = 'failed', error = 'the process that wrote it has ended', finished_at = clock_timestamp()
        WHERE state = 'running' AND touched_at < clock_timestamp() - make_interval(secs => ${SILENCE_SECONDS}::int)`,
    );
  }

  async markRestored(tx: Transaction, id: string): Promise<BackupRow> {
    const [row] = await tx.$queryRaw<BackupRow[]>`
      UPDATE backups b SET restored_at = clock_timestamp() WHERE b.id = ${id}::uuid RETURNING ${columns}`;
    return row as BackupRow;
  }

  /** Those whose time is over, by id. @param after of the last one that was seen; undefined: from the first on */
  listExpired(after: string | undefined, limit: number): Promise<BackupRow[]> {
    const beyond = after === undefined ? Prisma.sql`TRUE` : Prisma.sql`b.id > ${after}::uuid`;
    return this.database.run(
      (client) => client.$queryRaw<BackupRow[]>`
        SELECT ${columns} FROM backups b WHERE b.state = 'done' AND b.expires_at < clock_timestamp() AND ${beyond}
        ORDER BY b.id LIMIT ${limit}`,
    );
  }

  async expire(id: string): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        UPDATE backups SET state = 'expired', place = NULL WHERE id = ${id}::uuid AND state = 'done'`,
    );
  }
}
