import type { UpgradeFailure } from '@grey/contracts';
import type { RunResult } from '@grey/schema-upgrades';
import type { Backups } from '../../backups/backups.ts';
import { outcomeOfError, outcomeOfRun } from '../run-failure.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, upgradeFailure } from '../upgrade-step.ts';
import { backUpOnce } from './backup.step.ts';
import type { SchemaWay } from './schema-way.service.ts';
import { refreshBaseline, type StepParts, withoutDatabase } from './step-parts.ts';
import { ledgerFault } from './verify.step.ts';

const PHASES = ['contract'] as const;
const LACK_MEND = 'See that the data source leads to the database that was expanded, then retry, or cancel.';
/** Note of a settlement: what contract did is to be taken back, as far as there is a way. */
export const TAKE_CONTRACT_BACK = 'takeContractBack';

/** Takes away what only the old version used: the point of no return. Notes: `hasContracted`, `takeContractBack`. */
export class ContractStep implements UpgradeStep {
  readonly name = 'contract';
  readonly #parts: StepParts;
  readonly #backups: Pick<Backups, 'backUp'>;

  constructor(parts: StepParts, backups: Pick<Backups, 'backUp'>) {
    this.#parts = parts;
    this.#backups = backups;
  }

  async run(context: StepContext): Promise<StepOutcome> {
    try {
      const way = await this.#parts.read((tx) => this.#parts.ways.read(tx, context.upgrade));
      if (context.upgrade.schemaTo !== null && way.engine === null) return notHere(context, withoutDatabase());
      if (way.contracted.length === 0) return { kind: 'skipped', detail: 'The version takes nothing away.' };
      if (context.upgrade.notes[TAKE_CONTRACT_BACK] === true) return await this.#takeBack(context, way);
      const unsaved = await this.#backUp(context, way);
      if (unsaved !== undefined) return unsaved;
      return await this.#contract(context, way);
    } catch (error) {
      const outcome = outcomeOfError(context, error);
      if (outcome.kind !== 'failed') return outcome;
      // The way to the database is barred: what is there is for its ledger to say, once there is a way again.
      return notHere(context, outcome.failure);
    }
  }

  /** Nobody comes here past the point of no return: either it was not reached, or the runner has taken all of it back. */
  async compensate(): Promise<StepOutcome> {
    return { kind: 'done', detail: 'Contract has left nothing.' };
  }

  async #contract(context: StepContext, way: SchemaWay): Promise<StepOutcome> {
    const isFirst = context.upgrade.notes.hasContracted !== true;
    // While there is no way in, the way back stays open.
    const ledger = await this.#parts.runs.listLedger(context);
    const migrations = way.sets.flatMap((set) => set.migrations);
    // Days may have passed since expand, and the data source may lead elsewhere by now, or to a backup from before.
    const lack = ledgerFault(
      migrations.filter(({ phase }) => phase !== 'contract'),
      ledger,
    );
    if (lack !== undefined) return notHere(context, upgradeFailure('LEDGER_INCOMPLETE', lack, { mend: LACK_MEND }));
    await context.beginContract();
    if (isFirst) await context.remember({ hasContracted: true });
    const result = await this.#parts.runs.run(context, { migrations, direction: 'up', phases: PHASES });
    if (result.outcome === 'done') return this.#finish(context, result);
    const isWhole = result.outcome === 'taken-back' || (result.outcome === 'refused' && isFirst);
    const outcome = outcomeOfRun(context, result);
    if (outcome.kind !== 'failed') return outcome;
    if (!isWhole) return { kind: 'needs-operator', failure: outcome.failure };
    await context.remember({ hasContracted: false });
    return { kind: 'contract-taken-back', failure: outcome.failure };
  }

  async #finish(context: StepContext, result: RunResult): Promise<StepOutcome> {
    const { tenantId, serviceId, schemaTo } = context.upgrade;
    await refreshBaseline(this.#parts, context);
    await context.change(async (tx) => {
      const cell = await this.#parts.schemas.read(tx, tenantId, serviceId);
      const to = Number(schemaTo);
      const expandedTo = Math.max(to, cell?.expandedTo ?? to);
      const whole = { tenantId, serviceId, schemaVersion: to, expandedTo, isMigrating: false };
      return { kind: 'upgrade.contracted', items: await this.#parts.schemas.write(tx, [whole]) };
    });
    return { kind: 'done', detail: result.sentence };
  }

  async #takeBack(context: StepContext, way: SchemaWay): Promise<StepOutcome> {
    const migrations = way.sets.flatMap((set) => set.migrations);
    const result = await this.#parts.runs.takeBack(context, migrations, PHASES);
    if (result !== undefined && result.outcome !== 'done') {
      const outcome = outcomeOfRun(context, result);
      return outcome.kind === 'failed' ? { kind: 'needs-operator', failure: outcome.failure } : outcome;
    }
    await refreshBaseline(this.#parts, context);
    const { failure } = context.upgrade;
    await context.remember({ hasContracted: false, [TAKE_CONTRACT_BACK]: false });
    const told = failure ?? upgradeFailure('CANCELLED', 'Contract was taken back, as somebody wanted.');
    return { kind: 'contract-taken-back', failure: told };
  }

  async #backUp(context: StepContext, way: SchemaWay): Promise<StepOutcome | undefined> {
    const { options, isPastReturn } = context.upgrade;
    if (options.backup === 'never' || isPastReturn) return undefined;
    const outcome = await backUpOnce(this.#parts, this.#backups, context, way, PHASES);
    return outcome.kind === 'failed' ? { kind: 'contract-taken-back', failure: outcome.failure } : undefined;
  }
}

/** Contract cannot go on where it should: nothing was begun, or what was begun cannot be seen. */
function notHere({ upgrade }: StepContext, failure: UpgradeFailure): StepOutcome {
  return upgrade.notes.hasContracted === true
    ? { kind: 'needs-operator', failure }
    : { kind: 'contract-taken-back', failure };
}
