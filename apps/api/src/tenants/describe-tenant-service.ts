import type { TenantService } from '@grey/contracts';
import { murmurHash3 } from '@grey/route-core';
import type { AssignmentRow, ServiceRow, VersionRow } from '../infra/db/rows.ts';

interface WeightedVersion {
  readonly version: string;
  readonly weight: number;
}

/** One service as one tenant sees it. A split default is resolved as the engine does it for a request without a user. */
export function describeTenantService(
  tenantId: string,
  row: { service: ServiceRow & { versions: VersionRow[] }; assignment: AssignmentRow | undefined },
): TenantService {
  const { service, assignment } = row;
  const defaults = service.defaultVersions as unknown as WeightedVersion[];
  return {
    serviceId: service.id,
    serviceName: service.name,
    version: assignment?.version ?? null,
    isPinned: assignment?.isPinned ?? false,
    effectiveVersion: assignment?.version ?? chooseDefault(service.id, tenantId, defaults) ?? null,
    source: sourceOf(assignment, defaults),
    versions: service.versions.map(({ version, ordinal, status }) => ({ version, ordinal, status })),
    updatedAt: assignment?.updatedAt.toISOString() ?? null,
  };
}

/** The engine's split, for a tenant as the unit; a test holds the two together. @returns undefined without a default */
export function chooseDefault(
  serviceId: string,
  tenantId: string,
  defaults: readonly WeightedVersion[],
): string | undefined {
  const bucket = murmurHash3(`${serviceId}:${tenantId}`) % 10_000;
  let end = 0;
  for (const { version, weight } of defaults) {
    end += weight;
    if (bucket < end) return version;
  }
  return defaults[0]?.version;
}

function sourceOf(
  assignment: AssignmentRow | undefined,
  defaults: readonly WeightedVersion[],
): TenantService['source'] {
  if (assignment !== undefined) return assignment.isPinned ? 'PINNED' : 'ASSIGNMENT';
  if (defaults.length === 0) return 'NONE';
  return defaults.length === 1 ? 'DEFAULT' : 'DEFAULT_SPLIT';
}
