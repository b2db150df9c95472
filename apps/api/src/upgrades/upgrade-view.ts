import type { Upgrade, UpgradeStepName, UpgradeSummary } from '@grey/contracts';
import { currentStep } from './current-step.ts';
import { failureShown } from './undone.ts';
import { advance, isEnded } from './upgrade-machine.ts';
import type { UpgradeRow } from './upgrade-row.ts';
import { sentenceOf } from './upgrade-sentence.ts';

/** How much of the whole each step is, as experience has it: most of the time goes into SQL. */
const WEIGHTS: Readonly<Record<UpgradeStepName, number>> = {
  preflight: 5,
  mark: 3,
  backup: 10,
  expand: 40,
  verify: 5,
  switch: 4,
  soak: 10,
  confirm: 1,
  fence: 5,
  contract: 20,
};

export function summaryOf(row: UpgradeRow): UpgradeSummary {
  const current = currentStep(row);
  return {
    id: row.id,
    kind: row.kind,
    tenantId: row.tenantId,
    serviceId: row.serviceId,
    fromVersion: row.fromVersion,
    toVersion: row.toVersion,
    schemaFrom: schemaFromOf(row),
    schemaTo: row.schemaTo,
    state: row.state,
    step: current?.name ?? null,
    percent: percentOf(row),
    place: row.place,
    awaits: row.awaits,
    waitUntil: row.awaits === 'time' || row.awaits === 'retry' ? (row.dueAt?.toISOString() ?? null) : null,
    failure: failureShown(row),
    batchId: row.batchId,
    wave: row.wave,
    isAbortable: row.state !== 'aborting' && advance(row, { kind: 'abort', at: '' }) !== undefined,
    isPastReturn: row.isPastReturn,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** @param changeIds of the changes that it made */
export function upgradeView(row: UpgradeRow, changeIds: readonly string[]): Upgrade {
  return {
    ...summaryOf(row),
    options: row.options,
    steps: row.steps.map((step) => ({ ...step, isPointOfNoReturn: step.name === 'contract' })),
    sentence: sentenceOf(row),
    backupIds: [...row.backupIds],
    changeIds: [...changeIds],
    requestedBy: row.requestedBy,
    reason: row.reason,
  };
}

/** Where the schema was: as recorded at the start, else as preflight found it. */
export function schemaFromOf({ schemaFrom, notes }: Pick<UpgradeRow, 'schemaFrom' | 'notes'>): number | null {
  return schemaFrom ?? (typeof notes.floor === 'number' ? notes.floor : null);
}

/** In percent of the work, as far as it can be told; on the way back it falls. */
export function percentOf({ steps, state, place }: Pick<UpgradeRow, 'steps' | 'state' | 'place'>): number {
  if (state === 'done') return 100;
  if (isEnded(state)) return 0;
  const total = steps.reduce((sum, { name }) => sum + WEIGHTS[name], 0);
  let done = 0;
  for (const step of steps) {
    const isOver = step.state === 'done' || step.state === 'skipped';
    if (isOver) done += WEIGHTS[step.name];
    else if (step.state === 'running' && place !== null && place.totalCount > 0)
      done += WEIGHTS[step.name] * (place.doneCount / place.totalCount);
  }
  return total === 0 ? 0 : Math.min(99, Math.round((100 * done) / total));
}
