import type { Fault, VersionCompatibility } from '@grey/contracts';
import { parseVersionRange } from '@grey/route-core';

/** Versions that there are, retired ones included, by service. */
export type KnownVersions = ReadonlyMap<string, ReadonlySet<string>>;

/** Names that stand for nothing, and ranges that cannot be read. Pure. @param path of the list of versions */
export function findFaults(
  serviceId: string,
  versions: readonly VersionCompatibility[],
  known: KnownVersions,
  path: string,
): Fault[] {
  const own = known.get(serviceId) ?? new Set();
  return versions.flatMap(({ version, compatibleWith, requires }, index) => [
    ...missing(serviceId, [version], own, `${path}[${index}].version`),
    ...missing(serviceId, compatibleWith ?? [], own, `${path}[${index}].compatibleWith`),
    ...requires.flatMap(({ serviceId: other, range }, at) => {
      const place = `${path}[${index}].requires[${at}]`;
      if (other === serviceId) return [{ path: `${place}.serviceId`, message: 'is the service itself' }];
      const theirs = known.get(other);
      if (theirs === undefined) return [{ path: `${place}.serviceId`, message: `no service has the id ${other}` }];
      if (typeof range !== 'string') return missing(other, range, theirs, `${place}.range`);
      if (parseVersionRange(range) !== null) return [];
      return [{ path: `${place}.range`, message: 'is no SemVer range; send a list of labels if that is meant' }];
    }),
  ]);
}

function missing(serviceId: string, labels: readonly string[], known: ReadonlySet<string>, path: string): Fault[] {
  return labels
    .filter((label) => !known.has(label))
    .map((label) => ({ path, message: `${serviceId} has no version ${label}` }));
}
