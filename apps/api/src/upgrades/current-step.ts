import type { StepRecord, UpgradeRow } from './upgrade-row.ts';

/** The step under way, or the last that was begun; undefined before the first. */
export function currentStep({ steps, state }: Pick<UpgradeRow, 'steps' | 'state'>): StepRecord | undefined {
  const begun = steps.filter((step) => step.state !== 'pending' && step.state !== 'compensated');
  if (state === 'aborting') return begun.findLast((step) => step.state !== 'skipped') ?? begun.at(-1);
  return begun.at(-1) ?? steps.findLast((step) => step.state === 'compensated');
}
