import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import type { UpgradeRow } from './upgrade-row.ts';

/** How the schemas of others came out that took the same way. */
@Injectable()
export class CataloguePeersStore {
  /**
   * Another tenant on the same server whose catalogue was the same before and who took the same way within a day.
   * @param before digest of the catalogue before expand
   */
  async find(
    tx: Transaction,
    { id, tenantId, serviceId, toVersion }: Pick<UpgradeRow, 'id' | 'tenantId' | 'serviceId' | 'toVersion'>,
    before: string,
  ): Promise<{ readonly upgradeId: string; readonly catalogue: string } | undefined> {
    const [row] = await tx.$queryRaw<{ upgradeId: string; catalogue: string }[]>`
      SELECT u.id::text AS "upgradeId", u.notes->>'catalogueAfter' AS catalogue
      FROM upgrades u JOIN data_sources d ON d.tenant_id = u.tenant_id AND d.service_id = u.service_id
      JOIN data_sources own ON own.tenant_id = ${tenantId} AND own.service_id = ${serviceId}
        AND own.host = d.host AND own.port = d.port AND own.engine = d.engine
      WHERE u.service_id = ${serviceId} AND u.to_version = ${toVersion} AND u.id <> ${id}::uuid
        AND u.created_at > clock_timestamp() - interval '1 day' AND u.notes->>'catalogueBefore' = ${before}
        AND u.notes ? 'catalogueAfter' AND u.state IN ('running', 'waiting', 'done')
      ORDER BY u.seq DESC LIMIT 1`;
    return row;
  }
}
