import type { AlterTableCmd } from 'libpg-query';
import { type Issue, issue } from '../../issue.ts';
import { commandsOf } from '../alter-table-effects.ts';
import { effectsOfColumn } from '../column-effects.ts';
import { tableOf } from '../nodes.ts';
import type { JudgedStatement, Rule } from './rule.ts';

/** Adding columns, changing their type, forbidding null: on tables that hold rows. */
export const columnRules: Rule = (statement) => {
  const { node } = statement;
  if (!('AlterTableStmt' in node)) return [];
  const table = tableOf(node.AlterTableStmt.relation);
  if (statement.isNew(table)) return [];
  return commandsOf(node.AlterTableStmt).flatMap((command) => judge(table, command, statement));
};

function judge(table: string, command: AlterTableCmd, statement: JudgedStatement): Issue[] {
  if (command.subtype === 'AT_AddColumn') return judgeAdd(table, command);
  if (command.subtype === 'AT_AlterColumnType') {
    const message = `Changing the type of ${table}.${command.name} writes the table anew, and its indexes, with reads and writes waiting; only a few changes (a longer varchar, varchar to text) do not.`;
    return [issue('COLUMN_TYPE_REWRITES', 'error', message, TYPE_MEND)];
  }
  if (command.subtype === 'AT_SetNotNull' && !statement.knowledge.isProvenNotNull(table, command.name ?? '')) {
    const message = `SET NOT NULL reads all of ${table} with reads and writes waiting.`;
    const mend = `First add CHECK (${command.name} IS NOT NULL) NOT VALID and VALIDATE it in a later migration; then SET NOT NULL needs no scan.`;
    return [issue('NOT_NULL_SCANS', 'warning', message, mend)];
  }
  const isRewritten = ['AT_SetAccessMethod', 'AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetExpression'];
  if (!isRewritten.includes(command.subtype ?? '')) return [];
  const message = `This writes ${table} anew with reads and writes waiting.`;
  return [issue('TABLE_REWRITES', 'error', message, 'Plan it as maintenance of its own, or copy into a new table.')];
}

const TYPE_MEND =
  'Expand: add a new column; migrate: copy in batches while both are written; contract: drop the old one. Where you know that nothing is rewritten, accept it.';

function judgeAdd(table: string, { def }: AlterTableCmd): Issue[] {
  if (def === undefined || !('ColumnDef' in def)) return [];
  const name = `${table}.${def.ColumnDef.colname}`;
  const column = effectsOfColumn(def.ColumnDef);
  const issues: Issue[] = [];
  if (column.isNotNull && !column.isFilled) {
    const message = `${name} forbids null and has no default: it fails as soon as ${table} has a row, and the old version's inserts fail after it.`;
    const mend = 'Give it a constant default, or add it nullable, fill it, and forbid null in contract.';
    issues.push(issue('COLUMN_NOT_NULL_WITHOUT_DEFAULT', 'error', message, mend));
  }
  if (column.rewrite !== null) {
    const message = `${name} makes PostgreSQL write ${table} anew with reads and writes waiting: ${column.rewrite.why}.`;
    const mend = 'Add it without, set the default in a statement of its own, and fill old rows in batches.';
    issues.push(issue('COLUMN_DEFAULT_REWRITES', column.rewrite.isSure ? 'error' : 'warning', message, mend));
  }
  if (column.isScanned || (column.references.length > 0 && column.isFilled)) {
    const message = `The constraint of ${name} is proven, or its index built, over all of ${table} with reads and writes waiting.`;
    const mend = 'Add the column alone; then the constraint NOT VALID, or a unique index CONCURRENTLY.';
    issues.push(issue('COLUMN_SCANS', 'warning', message, mend));
  }
  return issues;
}
