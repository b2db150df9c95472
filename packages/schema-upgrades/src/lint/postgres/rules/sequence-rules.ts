import { type Issue, issue } from '../../issue.ts';
import { blockingOf } from '../../lock-mode.ts';
import { commandsOf } from '../alter-table-effects.ts';
import { tableOf } from '../nodes.ts';
import type { Rule } from './rule.ts';

/** What only matters after an earlier statement of the same transaction: its locks are held to the end. */
export const sequenceRules: Rule = ({ node, effects, held, isTransactional }) => {
  if (!isTransactional) return [];
  const issues: Issue[] = [];
  if (
    'AlterTableStmt' in node &&
    commandsOf(node.AlterTableStmt).some((one) => one.subtype === 'AT_ValidateConstraint')
  ) {
    const table = tableOf(node.AlterTableStmt.relation);
    const lock = held.find((one) => one.name === table && blockingOf(one.mode) !== 'nothing');
    if (lock !== undefined && blockingOf(lock.mode) !== 'schema-changes') {
      const message = `The transaction still holds ${lock.mode} on ${table}, so the gentle VALIDATE keeps others waiting all the same.`;
      issues.push(issue('VALIDATED_UNDER_LOCK', 'error', message, 'VALIDATE in a migration of its own.'));
      return issues;
    }
  }
  const isLong =
    'UpdateStmt' in node ||
    'DeleteStmt' in node ||
    'MergeStmt' in node ||
    isBulkInsert(node) ||
    effects.scans.length > 0;
  const lock = held.find((one) => blockingOf(one.mode) === 'reads-and-writes');
  if (!isLong || lock === undefined) return issues;
  const message = `While this runs, reads and writes of ${lock.name} wait: the transaction took ${lock.mode} on it before.`;
  issues.push(
    issue('LOCK_HELD_OVER_DATA', 'warning', message, 'Part it: one migration for the schema, one for the data.'),
  );
  return issues;
};

/** `INSERT … SELECT`; with VALUES it is as short as its text. */
function isBulkInsert(node: Parameters<Rule>[0]['node']): boolean {
  if (!('InsertStmt' in node)) return false;
  const source = node.InsertStmt.selectStmt;
  return source !== undefined && 'SelectStmt' in source && source.SelectStmt.valuesLists === undefined;
}
