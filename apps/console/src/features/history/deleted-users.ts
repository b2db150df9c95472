import type { Change } from '../../api/generated/model/index.ts';

/** Users whose deletion the log still tells of, newest first; who was erased already has left nothing to name. */
export function deletedUsersIn(changes: readonly Change[]): { id: string; name: string }[] {
  return changes
    .flatMap(({ items }) => items)
    .filter(({ entity, before }) => entity === 'user' && before !== null)
    .map(({ key, before }) => ({ id: key, name: String(before?.['username'] ?? before?.['name'] ?? key) }));
}
