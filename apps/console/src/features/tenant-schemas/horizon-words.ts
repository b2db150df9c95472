import type { RollbackHorizon } from '../../api/generated/model/index.ts';

/** What is said of a horizon in one sentence. */
export type HorizonVerdict = 'noVersion' | 'noOlder' | 'unrecorded' | 'nowhere' | 'back';

/** Where what the schema serves is not recorded, nothing is kept from the tenant, which is no promise that it would work. */
export function verdictOf(
  { currentVersion, oldestVersion, versions }: RollbackHorizon,
  isRecorded: boolean,
): HorizonVerdict {
  if (currentVersion === null) return 'noVersion';
  if (versions.length === 0) return 'noOlder';
  if (!isRecorded) return 'unrecorded';
  return oldestVersion === null || oldestVersion === currentVersion ? 'nowhere' : 'back';
}

/** The newest first: that is the way somebody goes back. */
export function newestFirst(versions: RollbackHorizon['versions']): RollbackHorizon['versions'] {
  return versions.toSorted((a, b) => b.ordinal - a.ordinal);
}
