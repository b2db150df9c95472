import type { RollbackHorizon } from '../../api/generated/model/index.ts';

/** What is said of a horizon in one sentence. */
export type HorizonVerdict = 'noVersion' | 'noOlder' | 'nowhere' | 'back';

export function verdictOf({ currentVersion, oldestVersion, versions }: RollbackHorizon): HorizonVerdict {
  if (currentVersion === null) return 'noVersion';
  if (versions.length === 0) return 'noOlder';
  return oldestVersion === null || oldestVersion === currentVersion ? 'nowhere' : 'back';
}

/** The newest first: that is the way somebody goes back. */
export function newestFirst(versions: RollbackHorizon['versions']): RollbackHorizon['versions'] {
  return versions.toSorted((a, b) => b.ordinal - a.ordinal);
}
