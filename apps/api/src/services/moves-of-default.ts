import type { VersionMove } from '../guards/version-guard.ts';
import type { ServiceFields } from './services.store.ts';

type Default = Pick<ServiceFields, 'defaultVersions'>;

/**
 * What a new default does to everybody who follows it: a version that gains weight is entered from each that they had.
 * Without a default those who followed it are left with nothing.
 */
export function movesOfDefault(
  serviceId: string,
  before: Default,
  { defaultVersions: after }: Partial<Default>,
): VersionMove[] {
  if (after === undefined) return [];
  const had = usedOf(before.defaultVersions);
  if (usedOf(after).length === 0)
    return had.map((fromVersion) => ({ tenantId: null, serviceId, fromVersion, toVersion: null, isDefault: true }));
  const weightOf = new Map(before.defaultVersions.map(({ version, weight }) => [version, weight]));
  return after
    .filter(({ version, weight }) => weight > (weightOf.get(version) ?? 0))
    .flatMap(({ version: toVersion }) =>
      (had.length === 0 ? [null] : had)
        .filter((fromVersion) => fromVersion !== toVersion)
        .map((fromVersion) => ({ tenantId: null, serviceId, fromVersion, toVersion, isDefault: true })),
    );
}

function usedOf(defaults: Default['defaultVersions']): string[] {
  return defaults.filter(({ weight }) => weight > 0).map(({ version }) => version);
}

type Fallback = Pick<ServiceFields, 'fallback' | 'fallbackVersion'>;

/** A version that a service falls back to may be entered by everybody, from whatever they have. */
export function movesOfFallback(serviceId: string, before: Fallback, after: Partial<Fallback>): VersionMove[] {
  const toVersion = versionOf({ ...before, ...after });
  if (toVersion === null || toVersion === versionOf(before)) return [];
  return [{ tenantId: null, serviceId, fromVersion: null, toVersion }];
}

function versionOf({ fallback, fallbackVersion }: Fallback): string | null {
  return fallback === 'version' ? fallbackVersion : null;
}
