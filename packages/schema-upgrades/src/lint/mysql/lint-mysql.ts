import type { Migration } from '../../migration.ts';
import { splitStatements } from '../../sets/split/split-statements.ts';
import { atMigration, issue, type LintedMigration, type PlacedIssue } from '../issue.ts';
import { excerptOf, type Side, type StatementReport } from '../lint-report.ts';
import { judgeWayBack } from '../way-back.ts';
import { judgeMysql } from './mysql-rules.ts';
import { readMysqlStatement } from './read-statement.ts';

/**
 * Judges both sides of a migration for MySQL or MariaDB. Locks, rewrites and scans are not told per statement: which of
 * three algorithms the server takes depends on its version and on the table. Only the missing way back is an error.
 */
export function lintMysqlMigration(migration: Migration): LintedMigration {
  const made = new Set<string>();
  const up = lintSide(migration, 'up', migration.up, made);
  const down = migration.down === null ? null : lintSide(migration, 'down', migration.down, new Set());
  const wayBack = judgeWayBack(migration, down?.statements.length ?? 0).map(atMigration);
  return {
    up: up.statements,
    down: down?.statements ?? null,
    issues: {
      up: [...up.issues, ...(down === null ? wayBack : [])],
      down: down === null ? [] : [...wayBack, ...down.issues],
    },
  };
}

function lintSide(migration: Migration, side: Side, sql: string, made: Set<string>) {
  const statements: StatementReport[] = [];
  const issues: PlacedIssue[] = [];
  let ddlCount = 0;
  for (const { text, line } of splitStatements(sql, 'mysql').statements) {
    const statement = excerptOf(text);
    const read = readMysqlStatement(text);
    const isNew = read.table !== null && made.has(read.table);
    const judged = { ...read, side, phase: migration.phase, isNew };
    issues.push(...judgeMysql(judged).map((found) => ({ ...found, line, statement })));
    if (/^CREATE\b.* TABLE\b/i.test(read.shape) && read.table !== null) made.add(read.table);
    if (/^(CREATE|ALTER|DROP|RENAME|TRUNCATE)\b/i.test(read.shape)) ddlCount++;
    statements.push({
      line,
      statement,
      locks: [],
      rewrites: [],
      scans: [],
      isRefusedInTransaction: false,
      blocks: 'nothing',
    });
  }
  return { statements, issues: ddlCount > 1 ? [atMigration(SEVERAL), ...issues] : issues };
}

const SEVERAL = issue(
  'DDL_COMMITS',
  'warning',
  'Every CREATE, ALTER and DROP commits by itself: killed between two of them, the schema is neither old nor new until the run is resumed.',
  'One such statement to a migration.',
);
