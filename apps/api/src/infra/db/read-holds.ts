import type { HoldRecord } from '@grey/route-core';
import type { Transaction } from './database.ts';

/** The holds in force, as the engine reads them, by id. @param serviceId null: of all services */
export async function readActiveHolds(tx: Transaction, serviceId: string | null): Promise<HoldRecord[]> {
  return tx.$queryRaw<HoldRecord[]>`
    SELECT id::text AS id, service_id AS "serviceId", from_version AS "fromVersion", to_version AS "toVersion", scope
    FROM holds WHERE lifted_at IS NULL AND (${serviceId}::text IS NULL OR service_id = ${serviceId}) ORDER BY id`;
}
