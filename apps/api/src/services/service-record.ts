import type {
  BalancingRecord,
  ExperimentRecord,
  FlagRecord,
  RuleSetRecord,
  ServiceRecord,
  VersionRecord,
} from '@grey/route-core';
import type { ServiceParts } from '../infra/db/read-service-parts.ts';
import type { VersionRow } from '../infra/db/rows.ts';

/** A service with its versions, live rules and experiments as the engine sees it. */
export function serviceRecordOf(service: ServiceParts): ServiceRecord {
  const balancing = service.balancing as BalancingRecord;
  return {
    id: service.id,
    unknownTenant: service.unknownTenant as ServiceRecord['unknownTenant'],
    balancer: service.balancer as ServiceRecord['balancer'],
    fallback: service.fallback as ServiceRecord['fallback'],
    ...(service.fallbackVersion === null ? {} : { fallbackVersion: service.fallbackVersion }),
    ...(Object.keys(balancing).length === 0 ? {} : { balancing }),
    ...(service.liveRules === null ? {} : { ruleSet: service.liveRules.record as RuleSetRecord }),
    ...(service.experiments.length === 0
      ? {}
      : { experiments: service.experiments.map((one) => one.record as ExperimentRecord) }),
    defaults: service.defaultVersions as unknown as ServiceRecord['defaults'],
    versions: service.versions.map(versionRecordOf),
  };
}

function versionRecordOf(row: VersionRow): VersionRecord {
  const flags = row.flags as unknown as readonly FlagRecord[];
  return {
    version: row.version,
    ordinal: row.ordinal,
    status: row.status as VersionRecord['status'],
    ...(row.schemaMin === null ? {} : { schemaMin: Number(row.schemaMin) }),
    ...(row.schemaMax === null ? {} : { schemaMax: Number(row.schemaMax) }),
    ...(flags.length === 0 ? {} : { flags }),
  };
}
