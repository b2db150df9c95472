import type { Node, RangeVar } from 'libpg-query';
import type { ObjectLock } from '../lock-mode.ts';
import { tableOf, walk } from './nodes.ts';

const WRITING = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/**
 * Locks of queries: read tables AccessShare, those of `FOR UPDATE` and its kin RowShare, written ones RowExclusive, also
 * within `WITH`. Tables that a query creates (`SELECT INTO`, `CREATE VIEW`) are not tagged as `RangeVar` and so left out;
 * names of common table expressions are no tables. A function's body is not looked into.
 */
export function locksOfQuery(node: Node): ObjectLock[] {
  if ('CreateFunctionStmt' in node || 'DoStmt' in node) return [];
  const reads: RangeVar[] = [];
  const locks: ObjectLock[] = [];
  const withNames = new Set<unknown>();
  let isLocking = false;
  walk(node, (tag, value) => {
    if (tag === 'CommonTableExpr') withNames.add(value.ctename);
    if (tag === 'LockingClause') isLocking = true;
    if (WRITING.has(tag) && value.relation !== undefined) {
      locks.push({ name: tableOf(value.relation as RangeVar), kind: 'table', mode: 'RowExclusiveLock' });
    }
    if (tag === 'CopyStmt' && value.relation !== undefined) {
      const mode = value.is_from === true ? 'RowExclusiveLock' : 'AccessShareLock';
      locks.push({ name: tableOf(value.relation as RangeVar), kind: 'table', mode });
    }
    if (tag === 'RangeVar') reads.push(value as RangeVar);
  });
  for (const one of reads) {
    if (one.schemaname === undefined && withNames.has(one.relname)) continue;
    locks.push({ name: tableOf(one), kind: 'table', mode: isLocking ? 'RowShareLock' : 'AccessShareLock' });
  }
  return locks;
}
