import type { Service as ServiceView, Version as VersionView } from '@grey/contracts';
import type { ServiceRow, VersionRow } from '../infra/db/rows.ts';
import { etagOf } from '../infra/http/etag.ts';
import type { CountedService, ServiceFields } from './services.store.ts';
import type { CountedVersion } from './versions.store.ts';

/** SemVer 2.0.0, complete: `v1.0` and `2.1` are none. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;

/** A service in the words of the API. */
export function serviceView(row: CountedService, instanceCount: number): ServiceView {
  return {
    id: row.id,
    ...(serviceState(row) as Pick<ServiceView, keyof ServiceFields>),
    versionCount: row._count.versions,
    instanceCount,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.rowVersion),
  };
}

/** What the log keeps of a service; who owns which buckets is not for people. */
export function serviceState(row: ServiceRow): ServiceFields {
  return {
    name: row.name,
    defaultVersions: (row.defaultVersions as { version: string; weight: number }[]).map(({ version, weight }) => ({
      version,
      weight,
    })),
    unknownTenant: row.unknownTenant,
    balancer: row.balancer,
    balancing: row.balancing as ServiceFields['balancing'],
    fallback: row.fallback,
    fallbackVersion: row.fallbackVersion,
  };
}

/** A version in the words of the API. */
export function versionView(row: CountedVersion, instanceCount: number): VersionView {
  return {
    serviceId: row.serviceId,
    version: row.version,
    ...versionState(row),
    isSemver: SEMVER.test(row.version),
    assignmentCount: row._count.assignments,
    instanceCount,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.rowVersion),
  };
}

/** What the log keeps of a version. */
export function versionState(row: VersionRow) {
  return {
    ordinal: row.ordinal,
    status: row.status as VersionView['status'],
    schemaMin: row.schemaMin === null ? null : Number(row.schemaMin),
    schemaMax: row.schemaMax === null ? null : Number(row.schemaMax),
    endOfLifeAt: row.endOfLifeAt?.toISOString() ?? null,
  };
}
