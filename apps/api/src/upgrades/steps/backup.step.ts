import { type Phase, UpgradeError } from '@grey/schema-upgrades';
import type { Backups } from '../../backups/backups.ts';
import { failureOfError } from '../run-failure.ts';
import type { StepContext, StepOutcome, UpgradeStep } from '../upgrade-step.ts';
import type { SchemaWay } from './schema-way.service.ts';
import type { StepParts } from './step-parts.ts';

type Parts = Pick<StepParts, 'read' | 'ways' | 'sets'>;

/** Backs up before expand, when that is asked for. That before contract is made by contract. */
export class BackupStep implements UpgradeStep {
  readonly name = 'backup';
  readonly #parts: Parts;
  readonly #backups: Pick<Backups, 'backUp'>;

  constructor(parts: Parts, backups: Pick<Backups, 'backUp'>) {
    this.#parts = parts;
    this.#backups = backups;
  }

  async run(context: StepContext): Promise<StepOutcome> {
    const { options, schemaTo } = context.upgrade;
    if (options.backup === 'never') return { kind: 'skipped', detail: 'None was asked for.' };
    if (options.backup === 'contract') return { kind: 'skipped', detail: 'It is made before contract.' };
    const way = await this.#parts.read((tx) => this.#parts.ways.read(tx, context.upgrade));
    if (way.engine === null || schemaTo === null) return { kind: 'skipped', detail: 'There is nothing to migrate.' };
    return backUpOnce(this.#parts, this.#backups, context, way, ['expand', 'migrate']);
  }

  /** A backup that was made stays. */
  async compensate(): Promise<StepOutcome> {
    return { kind: 'done' };
  }
}

/** Backs up what the phases touch. One that was made by this upgrade for the same phases is not made again. */
export async function backUpOnce(
  parts: Parts,
  backups: Pick<Backups, 'backUp'>,
  context: StepContext,
  way: SchemaWay,
  phases: readonly Phase[],
): Promise<StepOutcome> {
  const note = `backupBefore ${phases[0]}`;
  const { tenantId, serviceId, id: upgradeId, notes } = context.upgrade;
  if (typeof notes[note] === 'string') return { kind: 'done', detail: `Backup ${notes[note]} was made.` };
  const tables = await touchedTables(parts, way, phases);
  try {
    // What is in the backup serves what it did before the fence raised it.
    const serves =
      way.floor === null ? undefined : { schemaVersion: way.floor, expandedTo: expandedTo(way, way.floor) };
    const backup = await backups.backUp({ tenantId, serviceId, upgradeId, tables, serves, signal: context.signal });
    await context.noteBackup(backup.id);
    await context.remember({ [note]: backup.id });
    return { kind: 'done', detail: `Backup ${backup.id}: ${backup.byteCount ?? 0} bytes.` };
  } catch (error) {
    if (!(error instanceof UpgradeError)) throw error;
    return { kind: 'failed', failure: failureOfError(error) };
  }
}

function expandedTo({ cell }: SchemaWay, floor: number): number {
  return Math.max(floor, cell?.expandedTo ?? floor);
}

/** Tables that the migrations change, as their statements name them; empty: it cannot be told, so all of the schema. */
async function touchedTables(parts: Parts, way: SchemaWay, phases: readonly Phase[]): Promise<string[]> {
  const tables = new Set<string>();
  for (const set of way.sets) {
    const report = await parts.read((tx) => parts.sets.reportOf(tx, set));
    for (const { phase, up } of report.migrations) {
      if (!phases.includes(phase)) continue;
      for (const { locks } of up) {
        const touched = locks.filter(({ kind }) => kind === 'table');
        if (touched.length === 0) return [];
        for (const { name } of touched) tables.add(name);
      }
    }
  }
  return [...tables];
}
