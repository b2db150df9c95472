import { type CatalogueDifference, compareObjects, isSame, type ObjectDigests } from '../catalogue.ts';
import { headOf, isSessionSetting } from '../statement-head.ts';
import type { Verdict } from '../tenant-database.ts';

/** What InnoDB rolls back; everything else commits by itself, before it and after it. */
export function isJoinableMysqlStatement(statement: string): boolean {
  const head = coreOf(headOf(statement, 2_000));
  return isSessionSetting(statement) || /^(INSERT|UPDATE|DELETE|REPLACE|SELECT|WITH|\(|DEALLOCATE)/.test(head);
}

/** MariaDB's settings for one statement only do not make another statement of it. */
function coreOf(head: string): string {
  return head.replace(/^SET STATEMENT .*? FOR /, '');
}

/** What shows in the catalogue, or may be done twice. */
const PROVEN =
  /^(CREATE|ALTER|DROP|RENAME|TRUNCATE|ANALYZE|OPTIMIZE|CHECK|CHECKSUM|REPAIR|LOCK|UNLOCK|SHOW|DESC|EXPLAIN)\b/;
/** What does as it pleases, or moves rows between tables that look the same, so that the catalogue proves nothing. */
const OPAQUE =
  /^ALTER\b.*\bEXCHANGE PARTITION\b|^(CALL|EXECUTE|LOAD|GRANT|REVOKE|FLUSH|BEGIN NOT ATOMIC|IF|HANDLER|KILL|SHUTDOWN|RESET|INSTALL|UNINSTALL)\b/;

/**
 * Judges what became of a statement that was begun and commits by itself, by what the catalogue holds now. A single DDL
 * statement is all or nothing on MySQL 8 and MariaDB 10.6 and later ("Atomic DDL" in both manuals), so that a change of just
 * what it names is proof that it was carried out.
 *
 * @param hasAtomicDdl false on older servers, where a change may be half of it
 */
export function judgeMysqlStatement(
  statement: string,
  before: ObjectDigests,
  now: ObjectDigests,
  hasAtomicDdl: boolean,
): Verdict {
  const difference = compareObjects(before, now);
  const head = coreOf(headOf(statement, 20_000));
  const changes = isSame(difference) ? 'the catalogue is as it was before it' : listChanges(difference);
  if (OPAQUE.test(head) || !PROVEN.test(head) || isSwap(head))
    return { kind: 'unknown', known: `the catalogue cannot tell, and ${changes}` };
  if (isSame(difference)) return { kind: 'not-done' };
  if (!hasAtomicDdl) return { kind: 'unknown', known: `this server may leave DDL half done, and ${changes}` };
  const foreign = listObjects(difference).filter((object) => !isNamed(ownerOf(object), statement));
  if (foreign.length > 0)
    return { kind: 'unknown', known: `what it does not name has changed too: ${foreign.join(', ')}` };
  const remaining = namesToDrop(head).filter((name) =>
    Object.keys(now).some((object) => ownerOf(object).toUpperCase() === name),
  );
  if (remaining.length === 0) return { kind: 'done' };
  if (/^DROP (TABLE|VIEW) IF EXISTS\b/.test(head)) return { kind: 'not-done' };
  return { kind: 'unknown', known: `of what it drops, ${remaining.join(', ')} is still there, and ${changes}` };
}

/** `index by_name on users` belongs to `users`, `table users` to itself. */
function ownerOf(object: string): string {
  const at = object.lastIndexOf(' on ');
  return at >= 0 ? object.slice(at + 4) : object.slice(object.indexOf(' ') + 1);
}

function isNamed(name: string, statement: string): boolean {
  const text = statement.toUpperCase();
  const wanted = name.toUpperCase();
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const isWhole = !/[\w$]/.test(text[at - 1] ?? ' ') && !/[\w$]/.test(text[at + wanted.length] ?? ' ');
    if (isWhole) return true;
  }
  return false;
}

/** `RENAME TABLE a TO x, b TO a, x TO b` leaves the same names; done twice it would undo itself. */
function isSwap(head: string): boolean {
  const list = /^RENAME TABLES? (.*)$/.exec(head)?.[1];
  if (list === undefined) return false;
  const pairs = list.split(',').map((pair) => pair.trim().replaceAll('`', '').split(' TO '));
  const side = (at: number) => String(pairs.map((pair) => pair[at]).sort());
  return side(0) === side(1);
}

/** A drop of several tables is all or nothing for each of them only. */
function namesToDrop(head: string): string[] {
  const list = /^DROP (?:TABLE|VIEW) (?:IF EXISTS )?(.*?)(?: RESTRICT| CASCADE)?$/.exec(head)?.[1];
  if (list === undefined) return [];
  return list.split(',').map((name) => name.trim().replace(/^.*\./, '').replaceAll('`', ''));
}

function listObjects(difference: CatalogueDifference): string[] {
  return [...difference.added, ...difference.removed, ...difference.changed];
}

/** `there is a difference: added table a; removed table b`, at most ten. */
function listChanges(difference: CatalogueDifference): string {
  const parts = [
    ...difference.added.map((object) => `added ${object}`),
    ...difference.removed.map((object) => `removed ${object}`),
    ...difference.changed.map((object) => `changed ${object}`),
  ];
  const rest = parts.length > 10 ? `; and ${parts.length - 10} more` : '';
  return `the catalogue has changed: ${parts.slice(0, 10).join('; ')}${rest}`;
}
