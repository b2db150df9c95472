import type { Change, Position } from '../../api/generated/model/index.ts';

/** The id of the change that this one took back; undefined when it took none back. */
export function revertedOf(change: Pick<Change, 'kind' | 'items'>): string | undefined {
  if (change.kind !== 'change.reverted') return undefined;
  return change.items.find(({ entity }) => entity === 'change')?.key;
}

/** The moment just before a change, as the API names moments. Revisions have no gaps; 0 is before the first. */
export function momentBefore({ epoch, revision }: Position): string {
  return `${epoch}-${revision - 1}`;
}

/** The revision in the id of a change, which is what people say. */
export function revisionIn(changeId: string): string {
  return changeId.slice(changeId.lastIndexOf('-') + 1);
}

/** Holds are lifted where they are held, persons and keys have secrets that are not in the log, an erasure is for ever. */
const irreversible = /^(user|api_key|channel|hold|rollback|audit)\./;

/** False where the API would refuse all of it; what is left is judged by the plan. */
export function mayBeTakenBack({ kind }: Pick<Change, 'kind'>): boolean {
  return !irreversible.test(kind);
}
