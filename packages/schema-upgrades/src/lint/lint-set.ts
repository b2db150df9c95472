import type { Migration, MigrationSet } from '../migration.ts';
import { readDirectives } from '../sets/directives.ts';
import type { MigrationPaths } from '../sets/read-migration-set.ts';
import type { PlacedIssue } from './issue.ts';
import type { LintFinding, MigrationReport, SetReport, Side } from './lint-report.ts';
import { heaviest } from './lock-mode.ts';
import { lintMysqlMigration } from './mysql/lint-mysql.ts';
import { makePacer } from './pacer.ts';
import { lintPostgresMigration } from './postgres/lint-postgres.ts';
import { loadPostgresParser } from './postgres/parse-statement.ts';
import { SetKnowledge } from './postgres/set-knowledge.ts';

/**
 * Says what every statement of a set does to locks, rewrites and data, and what speaks against it. Nothing runs; no
 * database is asked, so sizes are unknown: a scan of ten rows is told like one of ten million.
 *
 * PostgreSQL is read by the parser of PostgreSQL 18. For MySQL and MariaDB a light reading of our own gives warnings only.
 *
 * @param paths the files the set was read from, as {@link readMigrationSet} returns them; without, `NAME.up.sql`
 */
export async function lintSet(set: MigrationSet, paths?: ReadonlyMap<string, MigrationPaths>): Promise<SetReport> {
  if (set.engine === 'postgres') await loadPostgresParser();
  const knowledge = new SetKnowledge();
  const migrations: MigrationReport[] = [];
  const findings: LintFinding[] = [];
  const pause = makePacer();
  for (const migration of set.migrations) {
    await pause();
    const linted =
      set.engine === 'postgres'
        ? await lintPostgresMigration(migration, knowledge, pause)
        : lintMysqlMigration(migration);
    const { name, phase, isTransactional } = migration;
    const { up, down, issues } = linted;
    migrations.push({ name, phase, isTransactional, up, down, blocks: heaviest(up.map((one) => one.blocks)) });
    findings.push(...place(migration, 'up', issues.up, paths), ...place(migration, 'down', issues.down, paths));
  }
  return { engine: set.engine, migrations, findings };
}

function place(
  migration: Migration,
  side: Side,
  issues: readonly PlacedIssue[],
  paths: ReadonlyMap<string, MigrationPaths> | undefined,
): LintFinding[] {
  const file = paths?.get(migration.name)?.[side] ?? `${migration.name}.${side}.sql`;
  const { accepted } = readDirectives((side === 'up' ? migration.up : migration.down) ?? '', file).directives;
  return issues.map(({ code, severity, line, statement, message, mend }) => ({
    code,
    severity,
    migration: migration.name,
    side,
    file,
    line,
    statement,
    message,
    mend,
    accepted: accepted.get(code) ?? null,
  }));
}
