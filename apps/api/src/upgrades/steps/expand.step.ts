import { type Position, positionSchema } from '@grey/contracts';
import { outcomeOfError, outcomeOfRun } from '../run-failure.ts';
import { tellUndoneStep } from '../undone.ts';
import { type StepContext, type StepOutcome, type UpgradeStep, upgradeFailure } from '../upgrade-step.ts';
import { faultOfWay, whyNoMigrations } from './judge-schema-way.ts';
import { markAgain } from './marking.ts';
import { dumpCatalogue, refreshBaseline, type StepParts, withoutDatabase } from './step-parts.ts';

const PHASES = ['expand', 'migrate'] as const;
/** Between two looks at which routers know, in milliseconds. */
const LOOK_MS = 1_000;

/**
 * Adds what the new version needs, so that both versions work; on the way back takes it down again. Notes: `isTouched`,
 * `catalogueBefore`, `expandedFrom`, `hasWidened`, `narrowedAt`.
 */
export class ExpandStep implements UpgradeStep {
  readonly name = 'expand';
  readonly #parts: StepParts;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  async run(context: StepContext): Promise<StepOutcome> {
    try {
      const way = await this.#parts.read((tx) => this.#parts.ways.read(tx, context.upgrade));
      if (context.upgrade.schemaTo === null)
        return { kind: 'skipped', detail: whyNoMigrations(context.upgrade.toVersion, way) };
      if (way.engine === null) return { kind: 'failed', failure: withoutDatabase() };
      // A set that was put in the same moment in which this began.
      const fault = faultOfWay(context.upgrade, way);
      if (fault !== undefined) return { kind: 'failed', failure: upgradeFailure('UPGRADE_REFUSED', fault) };
      const isFirst = context.upgrade.notes.isTouched !== true;
      if (isFirst) await this.#rememberBefore(context, way.cell?.expandedTo ?? way.floor ?? 0);
      const migrations = way.sets.flatMap((set) => set.migrations);
      const result = await this.#parts.runs.run(context, { migrations, direction: 'up', phases: PHASES });
      // It never began, now or earlier: there is nothing to come back from, nor a database needed for it.
      if (result.outcome === 'refused' && isFirst) await context.remember({ isTouched: false });
      if (result.outcome !== 'done') return outcomeOfRun(context, result);
      await this.#widen(context, context.upgrade.schemaTo);
      return { kind: 'done', detail: result.sentence };
    } catch (error) {
      return outcomeOfError(context, error);
    }
  }

  /**
   * No router may lead to the new version any more before what it needs goes: the interval is narrowed first, and every
   * router has to know, as before contract.
   */
  async compensate(context: StepContext): Promise<StepOutcome> {
    if (context.upgrade.notes.isTouched !== true) return { kind: 'done', detail: 'Nothing had been applied.' };
    try {
      const waits = (await markAgain(context, this.#parts)) ?? (await this.#narrow(context));
      if (waits !== undefined) return waits;
      const way = await this.#parts.read((tx) => this.#parts.ways.read(tx, context.upgrade));
      const migrations = way.sets.flatMap((set) => set.migrations);
      const result = await this.#parts.runs.takeBack(context, migrations, PHASES);
      if (result !== undefined && result.outcome !== 'done') return stuckWhereFailed(outcomeOfRun(context, result));
      await refreshBaseline(this.#parts, context);
      return { kind: 'done', detail: tellUndoneStep(context.upgrade) || 'Nothing of it was left.' };
    } catch (error) {
      return stuckWhereFailed(outcomeOfError(context, error));
    }
  }

  /** What to come back to, before the first statement. */
  async #rememberBefore(context: StepContext, expandedFrom: number): Promise<void> {
    const { digest } = await dumpCatalogue(this.#parts, context);
    await context.remember({ isTouched: true, catalogueBefore: digest, expandedFrom });
  }

  async #widen(context: StepContext, schemaTo: number): Promise<void> {
    const { tenantId, serviceId } = context.upgrade;
    // Where it was narrowed before, on a way back that an operator has turned, says nothing of the next one.
    await context.remember({ hasWidened: true, narrowedAt: null });
    await context.change(async (tx) => {
      const cell = await this.#parts.schemas.read(tx, tenantId, serviceId);
      if (cell === null) throw new Error(`nothing is recorded of the schema of ${tenantId} in ${serviceId}`);
      const wide = { ...cell, expandedTo: Math.max(cell.expandedTo, schemaTo) };
      return { kind: 'upgrade.expanded', items: await this.#parts.schemas.write(tx, [wide]) };
    });
  }

  /** @returns what is waited for; undefined when all routers know */
  async #narrow(context: StepContext): Promise<StepOutcome | undefined> {
    const { tenantId, serviceId, notes, confirmation } = context.upgrade;
    if (notes.hasWidened !== true) return undefined;
    const known = positionSchema.safeParse(notes.narrowedAt);
    const position: Position = known.success
      ? known.data
      : await context.change(async (tx) => {
          const cell = await this.#parts.schemas.read(tx, tenantId, serviceId);
          const narrow = cell === null ? [] : [{ ...cell, expandedTo: Number(notes.expandedFrom) }];
          return { kind: 'upgrade.expanded', items: await this.#parts.schemas.write(tx, narrow) };
        });
    if (!known.success) await context.remember({ narrowedAt: position });
    // A router that knows of the expansion knows of the mark before it, and keeps off once its lease is over.
    const options = { isLeaseEnough: true, forgotten: confirmation?.forgetRouters ?? [] };
    const look = await this.#parts.fence.look(position, options);
    if (look.isPassed) return undefined;
    const detail = `Before what was added is taken down, routers have to know: waits for ${look.missing.join(', ')}.`;
    return { kind: 'wait', awaits: 'time', until: new Date(Date.now() + LOOK_MS), detail };
  }
}

/** On the way back there is nothing to fall back to. */
function stuckWhereFailed(outcome: StepOutcome): StepOutcome {
  return outcome.kind === 'failed' ? { kind: 'needs-operator', failure: outcome.failure } : outcome;
}
