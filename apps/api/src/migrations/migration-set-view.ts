import type { MigrationCheck, MigrationFinding, MigrationSetSummary, MigrationSetView } from '@grey/contracts';
import { judgeReport, type LintPolicy, type SetReport } from '@grey/schema-upgrades';
import type { ItemDraft } from '../changes/item-draft.ts';
import { etagOf } from '../infra/http/etag.ts';
import type { KeptMigration, SetHead, SetRow } from './migration-set-row.ts';
import { showFindings } from './show-findings.ts';

/** What a set that is not there yet is matched as. */
export const NO_SET = { etag: etagOf(0) };

/** Weakest first. */
const BLOCKING = ['nothing', 'schema-changes', 'writes', 'reads-and-writes'] as const;

export function setSummary(row: SetHead, policy: LintPolicy): MigrationSetSummary {
  const { report } = row;
  const { refusals, warnings } = judgeReport(report, policy);
  const count = (phase: string) => report.migrations.filter((one) => one.phase === phase).length;
  return {
    serviceId: row.serviceId,
    version: row.version,
    engine: row.engine,
    schemaVersion: row.schemaVersion,
    migrationCount: report.migrations.length,
    byPhase: { expand: count('expand'), migrate: count('migrate'), contract: count('contract') },
    isReversible: report.migrations.every(({ down }) => down !== null),
    blocks: BLOCKING.findLast((one) => report.migrations.some(({ blocks }) => blocks === one)) ?? 'nothing',
    refusalCount: refusals.length,
    warningCount: warnings.length,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.stamp),
  };
}

/** @param told of this answer alone */
export function setView(row: SetRow, policy: LintPolicy, told: readonly MigrationFinding[] = []): MigrationSetView {
  const summary = setSummary(row, policy);
  return {
    ...summary,
    isAllowed: summary.refusalCount === 0,
    migrations: showMigrations(row.migrations, row.report),
    findings: [...told, ...showFindings(row.findings, row.report, policy)],
  };
}

/** Migrations with what the linter says that their ups do. */
export function showMigrations(migrations: readonly KeptMigration[], report: SetReport): MigrationCheck['migrations'] {
  return migrations.map((one, at) => {
    const { up = [], blocks = 'nothing' } = report.migrations[at] ?? {};
    return {
      ...one,
      blocks,
      statements: up.map(({ line, statement, blocks: blocked, locks, rewrites, scans }) => ({
        line,
        statement,
        blocks: blocked,
        locks: locks.map(({ name, mode }) => ({ name, mode })),
        rewrites: [...rewrites],
        scans: [...scans],
      })),
    };
  });
}

/** A set that comes, changes or goes. The log keeps names and sums, not the SQL: that is in the author's repository. */
export function itemOfSet(before: SetRow | null, after: SetRow | null): ItemDraft {
  const { serviceId, version, engine } = (after ?? before) as SetRow;
  return {
    entity: 'migration_set',
    tenantId: null,
    serviceId,
    key: `${serviceId}/${version}/${engine}`,
    before: before === null ? null : stateOf(before),
    after: after === null ? null : stateOf(after),
  };
}

/** A field for each migration, so that a difference names those that came, went or changed. */
function stateOf({ schemaVersion, migrations }: SetRow): Record<string, unknown> {
  const fields = migrations.map(({ name, phase, checksum, down }) => {
    const sum = `${phase} ${checksum.slice(0, 16)}`;
    return [name, down === null ? `${sum} irreversible` : sum];
  });
  return { schemaVersion, ...Object.fromEntries(fields) };
}
