import type { ServiceRecord, VersionRecord } from '@grey/route-core';
import type { ServiceRow, VersionRow } from '../infra/db/rows.ts';

/** A service with its versions as the engine sees it. */
export function serviceRecordOf(service: ServiceRow, versions: readonly VersionRow[]): ServiceRecord {
  return {
    id: service.id,
    unknownTenant: service.unknownTenant as ServiceRecord['unknownTenant'],
    balancer: service.balancer as ServiceRecord['balancer'],
    fallback: service.fallback as ServiceRecord['fallback'],
    defaults: service.defaultVersions as unknown as ServiceRecord['defaults'],
    versions: versions.map(versionRecordOf),
  };
}

function versionRecordOf(row: VersionRow): VersionRecord {
  return {
    version: row.version,
    ordinal: row.ordinal,
    status: row.status as VersionRecord['status'],
    ...(row.schemaMin === null ? {} : { schemaMin: Number(row.schemaMin) }),
    ...(row.schemaMax === null ? {} : { schemaMax: Number(row.schemaMax) }),
  };
}
