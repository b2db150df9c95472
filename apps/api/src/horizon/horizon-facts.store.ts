import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import type { HorizonVersion } from './work-out-horizon.ts';

@Injectable()
export class HorizonFactsStore {
  listVersions(tx: Transaction, serviceId: string): Promise<HorizonVersion[]> {
    return tx.$queryRaw<HorizonVersion[]>`
      SELECT version, ordinal, status, schema_min::float8 AS "schemaMin", schema_max::float8 AS "schemaMax",
        end_of_life_at AS "endOfLifeAt"
      FROM versions WHERE service_id = ${serviceId} ORDER BY ordinal`;
  }

  /** What the tenant is assigned to, else the default that most get. */
  async findCurrent(tx: Transaction, tenantId: string, serviceId: string): Promise<string | null> {
    const [row] = await tx.$queryRaw<{ version: string | null }[]>`
      SELECT coalesce(
        (SELECT version FROM assignments WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}),
        (SELECT d ->> 'version' FROM services s, jsonb_array_elements(s.default_versions) AS d
         WHERE s.id = ${serviceId} ORDER BY (d ->> 'weight')::int DESC LIMIT 1)) AS version`;
    return row?.version ?? null;
  }

  async findUpgrade(tx: Transaction, tenantId: string, serviceId: string) {
    const [row] = await tx.$queryRaw<{ id: string; schemaTo: number | null }[]>`
      SELECT id::text AS id, schema_to::float8 AS "schemaTo" FROM upgrades
      WHERE tenant_id = ${tenantId} AND service_id = ${serviceId} AND finished_at IS NULL`;
    return row ?? null;
  }

  async readPlace(tx: Transaction, tenantId: string, serviceId: string) {
    const [row] = await tx.$queryRaw<{ hasTenant: boolean; hasService: boolean }[]>`
      SELECT EXISTS (SELECT 1 FROM tenants WHERE id = ${tenantId} AND deleted_at IS NULL) AS "hasTenant",
        EXISTS (SELECT 1 FROM services WHERE id = ${serviceId}) AS "hasService"`;
    return row as { hasTenant: boolean; hasService: boolean };
  }
}
