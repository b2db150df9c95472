import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { CellKey } from './schema-checks.store.ts';

/** Services of the tenant whose data lie in the same schema as those of this one, itself among them. */
export const neighbours = ({ tenantId, serviceId }: CellKey) => Prisma.sql`(
  SELECT ${serviceId} UNION
  SELECT d.service_id FROM data_sources d JOIN data_sources o ON o.tenant_id = ${tenantId} AND o.service_id = ${serviceId}
    AND (d.engine, d.host, d.port, d.database, coalesce(d.schema, 'public'))
      = (o.engine, o.host, o.port, o.database, coalesce(o.schema, 'public'))
  WHERE d.tenant_id = ${tenantId})`;

/** Whether others are at a schema that somebody looks at. */
@Injectable()
export class SchemaMovesStore {
  constructor(private readonly database: Database) {}

  async readClock(): Promise<Date> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`,
    );
    return row?.now ?? new Date();
  }

  /**
   * Whether an upgrade may be changing the schema now: one that has not begun, or waits for somebody or for a time to pass,
   * has left it as the baseline says.
   */
  async isMoving(tx: Transaction, cell: CellKey): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM upgrades
      WHERE tenant_id = ${cell.tenantId} AND service_id IN ${neighbours(cell)} AND finished_at IS NULL AND state <> 'queued'
        AND NOT (state = 'waiting' AND awaits IN ('confirmation', 'time'))`;
    return rows.length > 0;
  }

  /** Whether an upgrade or a restore has left its own word since: what was seen before it is not how things are. */
  async isOvertaken(tx: Transaction, cell: CellKey, since: Date): Promise<boolean> {
    const { tenantId, serviceId } = cell;
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM upgrades
      WHERE tenant_id = ${tenantId} AND service_id IN ${neighbours(cell)} AND finished_at >= ${since}
      UNION ALL
      SELECT 1 FROM schema_checks WHERE tenant_id = ${tenantId} AND service_id = ${serviceId} AND baseline_at >= ${since}
        AND baseline_from <> 'first_look'`;
    return rows.length > 0;
  }
}
