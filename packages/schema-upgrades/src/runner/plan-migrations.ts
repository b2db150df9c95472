import { headOf, isTransactionControl } from '../databases/statement-head.ts';
import type { LedgerRow, Step } from '../databases/tenant-database.ts';
import type { UpgradeErrorCode } from '../databases/upgrade-error.ts';
import type { Engine, Migration, Phase } from '../migration.ts';
import { splitStatements } from '../sets/split/split-statements.ts';

export interface PlanRequest {
  readonly engine: Engine;
  /** In the order they go up: those of one set, or of several sets one after the other. */
  readonly migrations: readonly Migration[];
  readonly direction: 'up' | 'down';
  /**
   * Only those; default all. `contract` waits until everything else is in place; several sets may be expanded before the
   * first of them is contracted, and are then contracted in their order.
   */
  readonly phases?: readonly Phase[] | undefined;
  readonly runId: string;
  readonly by: string;
}

export interface PlanProblem {
  readonly code: UpgradeErrorCode;
  readonly migration: string;
  readonly message: string;
}

/** What would be done, in the order it would be done. */
export interface MigrationPlan {
  /** Begun earlier and not ended; these are brought to their end first. */
  readonly unfinished: readonly UnfinishedStep[];
  readonly steps: readonly Step[];
  /** Names that need nothing. */
  readonly settled: readonly string[];
  /** With any of these nothing is done. */
  readonly problems: readonly PlanProblem[];
}

export interface UnfinishedStep {
  readonly row: LedgerRow;
  readonly step: Step;
}

/**
 * Compares what is asked with what the tenant's ledger has. Pure: the same for a dry run and for the run itself.
 *
 * @param ledger all rows of the service, those of other sets included
 */
export function planMigrations(request: PlanRequest, ledger: readonly LedgerRow[]): MigrationPlan {
  const rows = new Map(ledger.map((row) => [row.name, row]));
  const isAsked = (migration: Migration) => request.phases?.includes(migration.phase) ?? true;
  const target = request.direction === 'up' ? 'applied' : 'reverted';
  const order = request.direction === 'up' ? request.migrations : request.migrations.toReversed();
  const unfinished: UnfinishedStep[] = [];
  const steps: Step[] = [];
  const settled: string[] = [];
  for (const migration of order) {
    const row = rows.get(migration.name);
    const isBegun = row?.state === 'running' || row?.state === 'reverting';
    if (isBegun) unfinished.push({ row, step: makeStep(request, migration, row.state === 'running' ? 'up' : 'down') });
    if (!isAsked(migration)) continue;
    const state =
      row === undefined ? 'reverted' : isBegun ? (row.state === 'running' ? 'applied' : 'reverted') : row.state;
    if (state === target) settled.push(migration.name);
    else steps.push(makeStep(request, migration, request.direction));
  }
  const problems = [
    ...checkNames(request.migrations),
    ...checkLedger(request.migrations, ledger),
    ...checkPhases(request, steps, rows),
    ...[...steps, ...unfinished.map((one) => one.step)].flatMap(checkStep),
  ];
  return { unfinished, steps, settled, problems };
}

/** The step of a migration in one direction; no statements when there is no way in that direction. */
export function makeStep(
  request: Pick<PlanRequest, 'engine' | 'runId' | 'by'>,
  migration: Migration,
  direction: 'up' | 'down',
): Step {
  const sql = direction === 'up' ? migration.up : (migration.down ?? '');
  const statements = splitStatements(sql, request.engine).statements.map((statement) => statement.text);
  return { migration, direction, statements, runId: request.runId, by: request.by };
}

function checkNames(migrations: readonly Migration[]): PlanProblem[] {
  const seen = new Set<string>();
  return migrations.flatMap(({ name }) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ code: 'PLAN_INVALID' as const, migration: name, message: `${name} is there twice` }];
  });
}

function checkLedger(migrations: readonly Migration[], ledger: readonly LedgerRow[]): PlanProblem[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  return ledger.flatMap((row): PlanProblem[] => {
    const migration = known.get(row.name);
    const problem = (code: UpgradeErrorCode, message: string) => [{ code, migration: row.name, message }];
    if (row.state === 'needs_operator') {
      return problem('NEEDS_OPERATOR', `${row.name} needs an operator: ${row.message ?? 'nothing more is known'}`);
    }
    if (migration === undefined) {
      if (row.state === 'applied' || row.state === 'reverted') return [];
      return problem('PLAN_INVALID', `${row.name} was left unfinished by run ${row.runId}; its set has to come first`);
    }
    if (row.state !== 'reverted' && row.checksum !== migration.checksum) {
      return problem('CHECKSUM_CHANGED', `${row.name} is not what was applied here: its text has changed since`);
    }
    return [];
  });
}

/** Contract takes away what expansions have left for older versions: it comes after them, and goes back before them. */
function checkPhases(
  request: PlanRequest,
  steps: readonly Step[],
  rows: ReadonlyMap<string, LedgerRow>,
): PlanProblem[] {
  return request.direction === 'up'
    ? checkBeforeContract(request, steps, rows)
    : checkBehindContract(request, steps, rows);
}

/** Everything else must be in place, or come first in this very run. */
function checkBeforeContract(
  request: PlanRequest,
  steps: readonly Step[],
  rows: ReadonlyMap<string, LedgerRow>,
): PlanProblem[] {
  const coming = new Set(steps.map((step) => step.migration.name));
  const missing = request.migrations.find(
    ({ name, phase }) => phase !== 'contract' && !coming.has(name) && !stands(rows.get(name)),
  );
  if (missing === undefined) return [];
  return steps
    .filter((step) => step.migration.phase === 'contract')
    .map(({ migration: { name } }) => ({
      code: 'PLAN_INVALID',
      migration: name,
      message: `${name} contracts, but ${missing.name} has not been applied`,
    }));
}

/** What a contract was built on does not go while the contract stands; that of an earlier set is no hindrance. */
function checkBehindContract(
  request: PlanRequest,
  steps: readonly Step[],
  rows: ReadonlyMap<string, LedgerRow>,
): PlanProblem[] {
  const going = new Set(steps.map((step) => step.migration.name));
  const last = request.migrations.findLastIndex(
    ({ name, phase }) => phase === 'contract' && !going.has(name) && stands(rows.get(name)),
  );
  const contract = request.migrations[last];
  if (contract === undefined) return [];
  return request.migrations
    .slice(0, last)
    .filter(({ name, phase }) => phase !== 'contract' && going.has(name))
    .map(({ name }) => ({
      code: 'PLAN_INVALID',
      migration: name,
      message: `${name} cannot be taken back while ${contract.name} stands, which contracts after it`,
    }));
}

function stands(row: LedgerRow | undefined): boolean {
  return row?.state === 'applied' || row?.state === 'running';
}

function checkStep(step: Step): PlanProblem[] {
  const { name, down } = step.migration;
  if (step.direction === 'down' && down === null) {
    return [{ code: 'IRREVERSIBLE', migration: name, message: `${name} was declared irreversible` }];
  }
  const at = step.statements.findIndex((text) => isTransactionControl(text) || /^USE\b/.test(headOf(text, 10)));
  if (at < 0) return [];
  const message = `Statement ${at + 1} of ${name} changes transaction or database, which is the runner's business`;
  return [{ code: 'PLAN_INVALID', migration: name, message }];
}
