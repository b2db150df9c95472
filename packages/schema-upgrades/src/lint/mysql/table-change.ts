import { type Issue, issue } from '../issue.ts';
import type { MysqlStatement } from './read-statement.ts';

/**
 * Changes of a table that InnoDB cannot make in place with writes going on (MySQL 8.4 manual, "Online DDL Operations";
 * MariaDB differs in parts: what either copies is told).
 */
export function blockedBy({ shape, clauses, table }: MysqlStatement): Issue[] {
  const name = table ?? 'the table';
  if (/^CREATE (FULLTEXT|SPATIAL) INDEX\b/i.test(shape))
    return [issue('INDEX_NOT_CONCURRENT', 'warning', writes(name), ONLINE)];
  if (/^(OPTIMIZE|REPAIR) TABLE\b/i.test(shape)) return [issue('TABLE_REWRITES', 'warning', copies(name), ONLINE)];
  if (!/^ALTER\b.* TABLE\b/i.test(shape)) return [];
  return clauses.flatMap((clause) => judgeClause(clause, name));
}

const ONLINE =
  'Write ALGORITHM=INPLACE, LOCK=NONE (or ALGORITHM=INSTANT): the server then refuses instead of blocking.';

function copies(table: string): string {
  return `The server may copy ${table}, with writes waiting until it is done.`;
}

function writes(table: string): string {
  return `Writes to ${table} wait until it is done.`;
}

function judgeClause(clause: string, table: string): Issue[] {
  const warn = (code: Issue['code'], message: string, mend = ONLINE) => [issue(code, 'warning', message, mend)];
  if (/^(MODIFY|CHANGE)\b/i.test(clause)) return warn('COLUMN_TYPE_REWRITES', copies(table));
  if (
    /^(ENGINE|ROW_FORMAT|KEY_BLOCK_SIZE|CONVERT TO|FORCE|ORDER BY|PARTITION BY|REMOVE PARTITIONING)\b/i.test(clause)
  ) {
    return warn('TABLE_REWRITES', copies(table));
  }
  if (/^(ADD|DROP) (CONSTRAINT (\S+ )?)?PRIMARY KEY\b/i.test(clause)) return warn('TABLE_REWRITES', copies(table));
  if (/^ADD (CONSTRAINT (\S+ )?)?FOREIGN KEY\b/i.test(clause)) {
    return warn(
      'FOREIGN_KEY_SCANS',
      `${copies(table)} A foreign key is added in place only with foreign_key_checks off.`,
    );
  }
  if (/^ADD (CONSTRAINT (\S+ )?)?CHECK\b/i.test(clause)) return warn('CONSTRAINT_SCANS', copies(table));
  if (/^ADD (FULLTEXT|SPATIAL)\b/i.test(clause)) return warn('INDEX_NOT_CONCURRENT', writes(table));
  if (!/^ADD (COLUMN )?(?!INDEX|KEY|UNIQUE|CONSTRAINT|PARTITION)/i.test(clause)) return [];
  if (/\bAUTO_INCREMENT\b|\bSTORED\b|\bPERSISTENT\b/i.test(clause))
    return warn('COLUMN_DEFAULT_REWRITES', copies(table));
  if (/\bNOT NULL\b/i.test(clause) && !/\b(DEFAULT|GENERATED|AS|AUTO_INCREMENT)\b/i.test(clause)) {
    const message = `Old rows of ${table} get the type's zero value, and inserts of the old version fail in strict mode.`;
    return warn('COLUMN_NOT_NULL_WITHOUT_DEFAULT', message, 'Give it a default, or allow null until contract.');
  }
  return [];
}
