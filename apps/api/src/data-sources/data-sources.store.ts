import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { DataSourceDraft, DataSourceRow } from './data-source-row.ts';

export interface DataSourceFilter {
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly host?: string | undefined;
  readonly engine?: string | undefined;
}

/** Where a page ended. */
export interface DataSourcePlace {
  readonly tenantId: string;
  readonly serviceId: string;
}

const columns = Prisma.sql`
  d.id::text AS id, d.tenant_id AS "tenantId", d.service_id AS "serviceId", d.engine, d.host, d.port, d.database, d.schema,
  d.tls, d."user", d.password, d.config, d.credentials, d.created_at AS "createdAt", d.updated_at AS "updatedAt", d.stamp`;
/** Those of a deleted tenant are kept for its return, and are nobody's meanwhile. */
const present = Prisma.sql`EXISTS (SELECT 1 FROM tenants t WHERE t.id = d.tenant_id AND t.deleted_at IS NULL)`;

@Injectable()
export class DataSourcesStore {
  constructor(private readonly database: Database) {}

  /** @param only tenants to stay within; null: all */
  list(
    filter: DataSourceFilter,
    only: ReadonlySet<string> | null,
    after: DataSourcePlace | undefined,
    limit: number,
  ): Promise<DataSourceRow[]> {
    const parts = [present];
    const { tenantId, serviceId, host, engine } = filter;
    if (tenantId !== undefined) parts.push(Prisma.sql`d.tenant_id = ${tenantId}`);
    if (serviceId !== undefined) parts.push(Prisma.sql`d.service_id = ${serviceId}`);
    if (host !== undefined) parts.push(Prisma.sql`d.host = ${host}`);
    if (engine !== undefined) parts.push(Prisma.sql`d.engine = ${engine}`);
    if (only !== null) parts.push(Prisma.sql`d.tenant_id = ANY (${[...only]}::text[])`);
    if (after !== undefined)
      parts.push(Prisma.sql`(d.tenant_id, d.service_id) > (${after.tenantId}, ${after.serviceId})`);
    return this.database.run(
      (client) => client.$queryRaw<DataSourceRow[]>`
        SELECT ${columns} FROM data_sources d WHERE ${Prisma.join(parts, ' AND ')}
        ORDER BY d.tenant_id, d.service_id LIMIT ${limit}`,
    );
  }

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async find(tx: Transaction, id: string): Promise<DataSourceRow | undefined> {
    const [row] = await tx.$queryRaw<DataSourceRow[]>`
      SELECT ${columns} FROM data_sources d WHERE d.id = ${id}::uuid AND ${present}`;
    return row;
  }

  async findOf(tx: Transaction, tenantId: string, serviceId: string): Promise<DataSourceRow | undefined> {
    const [row] = await tx.$queryRaw<DataSourceRow[]>`
      SELECT ${columns} FROM data_sources d
      WHERE d.tenant_id = ${tenantId} AND d.service_id = ${serviceId} AND ${present}`;
    return row;
  }

  /** The data source, kept from other writers until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<DataSourceRow | undefined> {
    await tx.$queryRaw`SELECT id FROM data_sources WHERE id = ${id}::uuid FOR UPDATE`;
    return this.find(tx, id);
  }

  /** Keeps a tenant from being deleted until the transaction ends. @returns whether it is there */
  async holdTenant(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM tenants WHERE id = ${id} AND deleted_at IS NULL FOR SHARE`;
    return rows.length > 0;
  }

  async hasService(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM services WHERE id = ${id}`;
    return rows.length > 0;
  }

  /** Writes a data source, also one that was there before. @throws when the tenant has another one for the service */
  async put(tx: Transaction, draft: DataSourceDraft): Promise<DataSourceRow> {
    const { id, tenantId, serviceId, engine, host, port, database, schema, tls } = draft;
    const [row] = await tx.$queryRaw<DataSourceRow[]>`
      INSERT INTO data_sources AS d (id, tenant_id, service_id, engine, host, port, database, schema, tls, "user",
                                     password, config, credentials, created_at, updated_at)
      VALUES (${id}::uuid, ${tenantId}, ${serviceId}, ${engine}, ${host}, ${port}, ${database}, ${schema}, ${tls},
              ${draft.user}, ${draft.password}, ${draft.config}, ${draft.credentials}, clock_timestamp(), clock_timestamp())
      ON CONFLICT (id) DO UPDATE SET host = EXCLUDED.host, port = EXCLUDED.port, database = EXCLUDED.database,
        schema = EXCLUDED.schema, tls = EXCLUDED.tls, "user" = EXCLUDED."user", password = EXCLUDED.password,
        config = EXCLUDED.config, credentials = EXCLUDED.credentials, stamp = nextval('routing_stamp_seq'),
        updated_at = clock_timestamp()
      RETURNING ${columns}`;
    if (row === undefined) throw new Error(`data source ${id} was not written`);
    return row;
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.$executeRaw`DELETE FROM data_sources WHERE id = ${id}::uuid`;
  }
}
