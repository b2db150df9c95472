import type { Position } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database } from '../infra/db/database.ts';

/** The fields of `encrypted:tenant:{t}:config`, all of them ciphertext; no field: no key. */
export type ConfigFields = ReadonlyMap<string, string>;

interface Row {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly config: Uint8Array;
  readonly keyId: string;
  readonly wrapped: Uint8Array;
}

@Injectable()
export class ConfigProjectionStore {
  constructor(private readonly database: Database) {}

  /** What Redis should hold of tenants, and at which position; those without data sources have no fields. */
  read(tenantIds: readonly string[]): Promise<{ position: Position; configs: Map<string, ConfigFields> }> {
    return this.database.consistentRead(async (tx) => {
      const { epoch, revision } = await tx.logPosition.findUniqueOrThrow({ where: { id: 1 } });
      const rows = await tx.$queryRaw<Row[]>`
        SELECT d.tenant_id AS "tenantId", d.service_id AS "serviceId", d.config, k.key_id AS "keyId", k.wrapped
        FROM data_sources d JOIN tenant_keys k ON k.tenant_id = d.tenant_id JOIN tenants t ON t.id = d.tenant_id
        WHERE d.tenant_id = ANY (${[...tenantIds]}::text[]) AND d.config IS NOT NULL AND t.deleted_at IS NULL
        ORDER BY d.tenant_id, d.service_id`;
      const byTenant = Map.groupBy(rows, (row) => row.tenantId);
      const configs = new Map(tenantIds.map((id) => [id, fieldsOf(byTenant.get(id) ?? [])]));
      return { position: { epoch, revision: Number(revision) }, configs };
    });
  }

  /** Tenants with anything to show, in order. */
  async listTenants(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ id: string }[]>`
        SELECT DISTINCT tenant_id AS id FROM data_sources WHERE tenant_id > ${after} AND config IS NOT NULL
        ORDER BY tenant_id ${Prisma.sql`LIMIT ${limit}`}`,
    );
    return rows.map(({ id }) => id);
  }
}

function fieldsOf(rows: readonly Row[]): ConfigFields {
  const [first] = rows;
  if (first === undefined) return new Map();
  const code = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return new Map([
    ['@key', `${first.keyId} ${code(first.wrapped)}`],
    ...rows.map((row): [string, string] => [row.serviceId, code(row.config)]),
  ]);
}
