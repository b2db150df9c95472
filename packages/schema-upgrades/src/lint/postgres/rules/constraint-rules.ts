import type { Constraint } from 'libpg-query';
import { type Issue, issue } from '../../issue.ts';
import { commandsOf } from '../alter-table-effects.ts';
import { tableOf } from '../nodes.ts';
import type { Rule } from './rule.ts';

/** Constraints and indexes on tables that hold rows. */
export const constraintRules: Rule = (statement) => {
  const { node } = statement;
  if ('IndexStmt' in node) {
    const { relation, concurrent = false, if_not_exists: ifNotExists = false, idxname } = node.IndexStmt;
    const table = tableOf(relation);
    if (statement.isNew(table)) return [];
    if (!concurrent) {
      const message = `Building ${idxname ?? 'the index'} keeps every write to ${table} waiting until it is done.`;
      const mend = 'CREATE INDEX CONCURRENTLY, alone in a migration with "-- grey: no-transaction".';
      return [issue('INDEX_NOT_CONCURRENT', 'error', message, mend)];
    }
    if (!ifNotExists) return [];
    const message =
      'A concurrent build that fails leaves an invalid index of this name, and IF NOT EXISTS then takes it for done.';
    return [
      issue(
        'INDEX_LEFTOVER',
        'warning',
        message,
        'Leave IF NOT EXISTS out, or put DROP INDEX CONCURRENTLY IF EXISTS before it.',
      ),
    ];
  }
  if (!('AlterTableStmt' in node)) return [];
  const table = tableOf(node.AlterTableStmt.relation);
  if (statement.isNew(table)) return [];
  return commandsOf(node.AlterTableStmt).flatMap(({ subtype, def }) =>
    subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def ? judge(table, def.Constraint) : [],
  );
};

function judge(table: string, constraint: Constraint): Issue[] {
  const name = constraint.conname ?? 'the constraint';
  if (constraint.contype === 'CONSTR_FOREIGN') {
    if (isUnproven(constraint)) return [];
    const message = `${name} looks up every row of ${table} while writes to ${table} and ${tableOf(constraint.pktable)} wait.`;
    return [issue('FOREIGN_KEY_SCANS', 'error', message, VALIDATE_LATER)];
  }
  if (constraint.contype === 'CONSTR_CHECK' || constraint.contype === 'CONSTR_NOTNULL') {
    if (isUnproven(constraint)) return [];
    const message = `${name} is proven over all of ${table} with reads and writes waiting.`;
    return [issue('CONSTRAINT_SCANS', 'error', message, VALIDATE_LATER)];
  }
  if (constraint.indexname !== undefined) return [];
  const message = `${name} builds its index over ${table} with reads and writes waiting.`;
  const mend =
    'CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX. An exclusion constraint has no such way.';
  return [issue('CONSTRAINT_BUILDS_INDEX', 'error', message, mend)];
}

const VALIDATE_LATER =
  'Add it NOT VALID, and VALIDATE CONSTRAINT in a migration of its own, which lets reads and writes go on.';

function isUnproven(constraint: Constraint): boolean {
  return constraint.skip_validation === true || constraint.is_enforced === false;
}
