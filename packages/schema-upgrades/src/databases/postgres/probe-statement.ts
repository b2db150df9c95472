import { compareObjects, isSame, type ObjectDigests } from '../catalogue.ts';
import { headOf } from '../statement-head.ts';
import type { Verdict } from '../tenant-database.ts';

/**
 * What PostgreSQL refuses to run inside a transaction, or what ends transactions of its own. Everything else is atomic and
 * joins the ledger's note in one transaction.
 */
const ALONE: readonly RegExp[] = [
  /^(CREATE( UNIQUE)?|DROP) INDEX CONCURRENTLY\b/,
  /^REINDEX\b/,
  /^ALTER TABLE .*\bDETACH PARTITION .*\bCONCURRENTLY\b/,
  /^(VACUUM|CLUSTER|CALL|ALTER SYSTEM)\b/,
  // A block may commit in between, which is why its author wants it outside of a transaction.
  /^DO\b.*\bCOMMIT\b/,
  /^(CREATE|DROP|ALTER) (DATABASE|TABLESPACE|SUBSCRIPTION)\b/,
];

export function isJoinableStatement(statement: string): boolean {
  const head = headOf(statement, 20_000);
  return !ALONE.some((pattern) => pattern.test(head));
}

/** An index that a concurrent build left behind: there, kept up to date, and used by nobody. */
export interface InvalidIndex {
  /** As in the catalogue: `index orders_email`. */
  readonly object: string;
  /** Quoted name, ready for SQL. */
  readonly name: string;
}

/**
 * Judges what became of a statement that was begun outside of a transaction, by what the catalogue holds now.
 *
 * @param before objects of the schema just before the statement
 * @param invalid indexes that are there now and not valid
 */
export function judgeStatement(
  statement: string,
  before: ObjectDigests,
  now: ObjectDigests,
  invalid: readonly InvalidIndex[],
): Verdict {
  const head = headOf(statement);
  const difference = compareObjects(before, now);
  const leftOver = invalid.filter((index) => difference.added.includes(index.object));
  const clearing = leftOver.map((index) => `DROP INDEX CONCURRENTLY IF EXISTS ${index.name}`);
  if (/^CREATE( UNIQUE)? INDEX\b/.test(head)) {
    if (clearing.length > 0) return { kind: 'half', clearing };
    return difference.added.some((object) => object.startsWith('index ')) ? { kind: 'done' } : { kind: 'not-done' };
  }
  // A drop that was stopped leaves an invalid index, which a second drop removes.
  if (/^DROP INDEX\b/.test(head)) {
    return difference.removed.some((object) => object.startsWith('index ')) ? { kind: 'done' } : { kind: 'not-done' };
  }
  // These may be done twice; a rebuild that was stopped leaves its unfinished copy.
  if (/^REINDEX\b/.test(head)) return clearing.length > 0 ? { kind: 'half', clearing } : { kind: 'not-done' };
  if (/^(VACUUM|CLUSTER)\b/.test(head)) return { kind: 'not-done' };
  const seen = isSame(difference)
    ? 'the catalogue is as it was before it'
    : `the catalogue has changed: ${listChanges(difference)}`;
  return { kind: 'unknown', known: `it ran outside of a transaction and ${seen}` };
}

/** `added index a; removed table b`, at most ten. */
function listChanges(difference: {
  added: readonly string[];
  removed: readonly string[];
  changed: readonly string[];
}): string {
  const parts = [
    ...difference.added.map((object) => `added ${object}`),
    ...difference.removed.map((object) => `removed ${object}`),
    ...difference.changed.map((object) => `changed ${object}`),
  ];
  return `${parts.slice(0, 10).join('; ')}${parts.length > 10 ? `; and ${parts.length - 10} more` : ''}`;
}
