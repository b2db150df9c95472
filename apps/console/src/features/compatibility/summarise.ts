import type { Compatibility, Requirement, Service, VersionCompatibility } from '../../api/generated/model/index.ts';

/** What is said of a service, in short. */
export interface SaidOfService {
  readonly serviceId: string;
  readonly versionCount: number;
  readonly saidCount: number;
  readonly breaking: readonly string[];
  readonly migrating: readonly string[];
  readonly requirements: readonly (Requirement & { readonly version: string })[];
  readonly updatedAt: string | null;
}

/** Every service, those of which something is said first. */
export function summarise(
  services: readonly Pick<Service, 'id' | 'versionCount'>[],
  said: readonly Compatibility[],
): SaidOfService[] {
  const byService = new Map(said.map((one) => [one.serviceId, one]));
  return services
    .map(({ id, versionCount }) => {
      const found = byService.get(id);
      const versions = found?.versions ?? [];
      return {
        serviceId: id,
        versionCount,
        saidCount: versions.length,
        breaking: labelsOf(versions, (one) => one.breakingChanges),
        migrating: labelsOf(versions, (one) => one.migrationRequired),
        requirements: versions.flatMap(({ version, requires }) => requires.map((one) => ({ ...one, version }))),
        updatedAt: found?.updatedAt ?? null,
      };
    })
    .sort((a, b) => Number(b.saidCount > 0) - Number(a.saidCount > 0));
}

/** Versions of which the file says something else than is said now. */
export interface FileChange {
  readonly serviceId: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What taking a file would change, by service; services that stay as they are have empty lists. */
export function compareFile(now: readonly Compatibility[], file: readonly Compatibility[]): FileChange[] {
  const before = new Map(now.map((one) => [one.serviceId, textsOf(one.versions)]));
  return file.map(({ serviceId, versions }) => {
    const [old, next] = [before.get(serviceId) ?? new Map<string, string>(), textsOf(versions)];
    return {
      serviceId,
      added: [...next.keys()].filter((version) => !old.has(version)),
      changed: [...next].filter(([version, text]) => old.has(version) && old.get(version) !== text).map(([one]) => one),
      removed: [...old.keys()].filter((version) => !next.has(version)),
    };
  });
}

function labelsOf(versions: readonly VersionCompatibility[], is: (one: VersionCompatibility) => boolean): string[] {
  return versions.filter(is).map((one) => one.version);
}

function textsOf(versions: readonly VersionCompatibility[]): Map<string, string> {
  return new Map(
    versions.map(({ version, compatibleWith, breakingChanges, migrationRequired, requires }) => [
      version,
      JSON.stringify([
        compatibleWith && [...compatibleWith].sort(),
        breakingChanges,
        migrationRequired,
        requires.map(({ serviceId, range }) => [serviceId, range]).sort(),
      ]),
    ]),
  );
}
