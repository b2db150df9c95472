import { type Issue, issue } from '../../issue.ts';
import { tableOf } from '../nodes.ts';
import { dataLost, nameOf } from '../objects.ts';
import type { JudgedStatement, Rule } from './rule.ts';

/** What an up does to data and to names that the other version still uses. */
export const dataRules: Rule = (statement) => {
  const { node, side } = statement;
  if (side === 'down') return [];
  const issues: Issue[] = [...judgeLoss(statement)];
  if ('RenameStmt' in node) issues.push(...judgeRename(statement));
  if ('UpdateStmt' in node && node.UpdateStmt.whereClause === undefined) {
    const table = tableOf(node.UpdateStmt.relation);
    if (!statement.isNew(table)) {
      const message = `One statement writes every row of ${table}: it holds each row until the end, doubles the table's space and cannot be paused.`;
      issues.push(
        issue(
          'UPDATE_WITHOUT_WHERE',
          'warning',
          message,
          'Go in batches by key, in a migration with "-- grey: no-transaction".',
        ),
      );
    }
  }
  return issues;
};

function judgeLoss({ node, phase, isNew }: JudgedStatement): Issue[] {
  const lost = dataLost(node).filter((object) => object.table === '' || !isNew(object.table));
  if (lost.length === 0) return [];
  const names = lost.map(nameOf).join(', ');
  if (phase === 'contract') {
    const message = `The data of ${names} is gone for good; from here on the old version has no way back.`;
    return [issue('DATA_LOSS', 'warning', message, 'Ask for a backup before this upgrade.')];
  }
  const message = `The data of ${names} is gone while the old version still runs and may be returned to.`;
  return [issue('DATA_LOSS_OUTSIDE_CONTRACT', 'error', message, 'Move it into a migration of phase contract.')];
}

function judgeRename({ node, phase, isNew }: JudgedStatement): Issue[] {
  if (!('RenameStmt' in node)) return [];
  const { renameType, relation, subname, newname } = node.RenameStmt;
  const table = tableOf(relation);
  if (isNew(table)) return [];
  const severity = phase === 'contract' ? 'warning' : 'error';
  const whom =
    phase === 'contract' ? 'whatever still uses the old name' : 'the old version, which runs on until the switch,';
  if (renameType === 'OBJECT_COLUMN' || renameType === 'OBJECT_ATTRIBUTE') {
    const message = `Renaming ${table}.${subname} to ${newname} breaks ${whom} at once.`;
    return [
      issue(
        'RENAMED_COLUMN',
        severity,
        message,
        'Expand: add the new column; migrate: copy while both are written; contract: drop the old one.',
      ),
    ];
  }
  if (renameType !== 'OBJECT_TABLE' && renameType !== 'OBJECT_VIEW' && renameType !== 'OBJECT_MATVIEW') return [];
  const message = `Renaming ${table} to ${newname} breaks ${whom} at once.`;
  return [
    issue(
      'RENAMED_TABLE',
      severity,
      message,
      'Keep the name, or leave a view under the old one in the same transaction and accept this.',
    ),
  ];
}
