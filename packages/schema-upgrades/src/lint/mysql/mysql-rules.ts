import type { Phase } from '../../migration.ts';
import { type Issue, issue } from '../issue.ts';
import type { Side } from '../lint-report.ts';
import type { MysqlStatement } from './read-statement.ts';
import { blockedBy } from './table-change.ts';

/** What a rule may ask about a statement. */
export interface JudgedMysql extends MysqlStatement {
  readonly side: Side;
  readonly phase: Phase;
  /** Made earlier in the same set. */
  readonly isNew: boolean;
}

/** Everything we have to say about a statement; warnings at most, since we only read its surface. */
export function judgeMysql(statement: JudgedMysql): Issue[] {
  const { shape, side, isNew } = statement;
  const issues: Issue[] = [];
  const warn = (...args: [Issue['code'], string, string]) => issues.push(issue(args[0], 'warning', args[1], args[2]));
  if (
    /^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|XA )\b/i.test(shape) &&
    !/\bEND$/i.test(shape)
  ) {
    warn('TRANSACTION_CONTROL', 'The runner begins and ends transactions.', 'Leave it out.');
  }
  if (
    /^CREATE\b.*\b(PROCEDURE|FUNCTION|TRIGGER|EVENT)\b/i.test(shape.slice(0, 400)) &&
    / BEGIN /i.test(shape) &&
    !/\bEND( \S+)?$/i.test(shape)
  ) {
    warn(
      'COMPOUND_WITHOUT_DELIMITER',
      'The body ends at its first semicolon.',
      'Write DELIMITER // before it, // behind it, and DELIMITER ; after.',
    );
  }
  if (/^(USE|SET (GLOBAL|PERSIST|@@GLOBAL|SESSION|NAMES|SQL_MODE|FOREIGN_KEY_CHECKS|AUTOCOMMIT))\b/i.test(shape)) {
    warn(
      'SESSION_CHANGED',
      'It changes the session, or the server, beyond this statement.',
      'Leave it out; the database is that of the data source.',
    );
  }
  if (/\b(GET_LOCK|RELEASE_LOCK|RELEASE_ALL_LOCKS) \(/i.test(shape)) {
    warn('RUNNER_LOCK_TOUCHED', "The runner's own lock is one of these.", 'Leave them alone.');
  }
  if (/^(LOCK TABLES?|FLUSH TABLES)\b/i.test(shape)) {
    warn(
      'EXPLICIT_LOCK',
      'The lock is held over the statements that follow, and commits what went before.',
      'Leave it out.',
    );
  }
  if (/^(CREATE|DROP|ALTER) (DATABASE|SCHEMA|USER|ROLE|SERVER)\b|^(GRANT|REVOKE)\b/i.test(shape)) {
    warn('OUTSIDE_TENANT', 'It belongs to the server, not to one tenant.', 'Make it part of setting up the server.');
  }
  if (/^LOAD DATA\b|\bINTO (OUTFILE|DUMPFILE)\b/i.test(shape)) {
    warn('CLIENT_DATA', 'It reads or writes files; a migration brings only its text.', 'Use INSERT.');
  }
  if (/^CALL\b/i.test(shape))
    warn('OPAQUE_CODE', 'What the procedure does is not told.', 'Write plain statements where you can.');
  if (!isNew) {
    issues.push(...blockedBy(statement));
    if (side === 'up') issues.push(...judgeData(statement));
  }
  return issues;
}

const LOSES = /^(DROP TABLE|DROP (DATABASE|SCHEMA)|TRUNCATE)\b/i;

function judgeData({ shape, clauses, phase, table }: JudgedMysql): Issue[] {
  const issues: Issue[] = [];
  const warn = (...args: [Issue['code'], string, string]) => issues.push(issue(args[0], 'warning', args[1], args[2]));
  const isAlter = /^ALTER\b.* TABLE\b/i.test(shape);
  const dropsColumn =
    isAlter &&
    clauses.some((one) => /^DROP (COLUMN )?(?!INDEX|KEY|PRIMARY|FOREIGN|CONSTRAINT|CHECK|PARTITION)/i.test(one));
  const deletesAll = /^DELETE\b/i.test(shape) && !/ (WHERE|LIMIT|USING|JOIN) /i.test(shape);
  if (LOSES.test(shape) || dropsColumn || deletesAll) {
    const code = phase === 'contract' ? 'DATA_LOSS' : 'DATA_LOSS_OUTSIDE_CONTRACT';
    const when = phase === 'contract' ? 'for good' : 'while the old version still runs';
    warn(code, `Data of ${table ?? 'what it names'} is gone ${when}.`, 'Only in phase contract, after a backup.');
  } else if (phase === 'expand' && /^(UPDATE|DELETE|REPLACE|DROP)\b/i.test(shape)) {
    warn(
      'PHASE_FORBIDS',
      'expand only adds, since the old version still runs.',
      'Move it into a migration of phase migrate or contract.',
    );
  }
  if (/^UPDATE\b/i.test(shape) && !/ (WHERE|LIMIT) /i.test(shape)) {
    warn(
      'UPDATE_WITHOUT_WHERE',
      `One statement writes every row of ${table} and holds each until the end.`,
      'Go in batches by key.',
    );
  }
  if (
    /^RENAME TABLE\b/i.test(shape) ||
    (isAlter && clauses.some((one) => /^RENAME( TO| AS)? (?!COLUMN|INDEX|KEY)/i.test(one)))
  ) {
    warn(
      'RENAMED_TABLE',
      `The old name of ${table} is gone at once.`,
      'Keep the name, or leave a view under the old one.',
    );
  }
  const renamesColumn = (one: string) => {
    const change = /^CHANGE(?: COLUMN)?(?: IF EXISTS)? (\S+) (\S+)/i.exec(one);
    return /^RENAME COLUMN\b/i.test(one) || (change !== null && change[1]!.toLowerCase() !== change[2]!.toLowerCase());
  };
  if (isAlter && clauses.some(renamesColumn)) {
    warn(
      'RENAMED_COLUMN',
      `A column of ${table} loses its old name at once.`,
      'Add a new column, copy, and drop the old one in contract.',
    );
  }
  return issues;
}
