import type { VersionStatus } from '../../api/generated/model/index.ts';

/** What is known of a version; counts are null while PostgreSQL is away. */
export interface VersionFacts {
  readonly version: string;
  readonly ordinal: number;
  readonly status: VersionStatus;
  readonly assignmentCount: number | null;
  readonly instanceCount: number | null;
}

const newestFirst = (a: VersionFacts, b: VersionFacts) => b.ordinal - a.ordinal;

/** Versions that somebody may be on: a retired one only when it is still assigned or runs. */
export function listSources(versions: readonly VersionFacts[]): VersionFacts[] {
  const isInUse = ({ status, assignmentCount, instanceCount }: VersionFacts) =>
    status !== 'retired' || (assignmentCount ?? 0) > 0 || (instanceCount ?? 0) > 0;
  return versions.filter(isInUse).sort(newestFirst);
}

/** Versions that can take over: any other that is not retired. */
export function listTargets(versions: readonly VersionFacts[], from: string | undefined): VersionFacts[] {
  return versions.filter(({ version, status }) => version !== from && status !== 'retired').sort(newestFirst);
}

/** The newest version before the bad one that runs and is not held itself; undefined when there is none to suggest. */
export function suggestTarget(
  versions: readonly VersionFacts[],
  from: string,
  heldVersions: ReadonlySet<string>,
): string | undefined {
  const bad = versions.find(({ version }) => version === from);
  if (bad === undefined) return undefined;
  const fits = (one: VersionFacts) =>
    one.ordinal < bad.ordinal && one.instanceCount !== 0 && !heldVersions.has(one.version);
  return listTargets(versions, from).find(fits)?.version;
}
