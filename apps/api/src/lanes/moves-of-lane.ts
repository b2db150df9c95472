import type { VersionMove } from '../guards/version-guard.ts';

interface Lane {
  readonly versions: readonly { readonly serviceId: string; readonly version: string }[];
}

/**
 * What a lane does to everybody who may enter it. Its versions answer together, so all of them are moves when one is new:
 * a guard has to see the set.
 */
export function movesOfLane(before: Lane | undefined, after: Lane): VersionMove[] {
  const known = new Set((before?.versions ?? []).map(keyOf));
  if (after.versions.every((one) => known.has(keyOf(one)))) return [];
  return after.versions.map(({ serviceId, version }) => ({
    tenantId: null,
    serviceId,
    fromVersion: null,
    toVersion: version,
  }));
}

function keyOf({ serviceId, version }: Lane['versions'][number]): string {
  return `${serviceId}/${version}`;
}
