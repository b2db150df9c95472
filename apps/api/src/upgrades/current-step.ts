import type { StepRecord, UpgradeRow } from './upgrade-row.ts';

/** The step under way, or the one at which an upgrade that has ended did so; undefined before the first. */
export function currentStep({ steps, state }: Pick<UpgradeRow, 'steps' | 'state'>): StepRecord | undefined {
  if (state === 'done') return steps.at(-1);
  const stands = ({ state: own }: StepRecord) => !['pending', 'skipped', 'compensated'].includes(own);
  const last = steps.findLast(stands);
  // Where all went back, the way there ended at the last of them: a step that was skipped has neither failed nor stopped it.
  return last ?? steps.findLast(({ state: own }) => own === 'compensated') ?? steps.findLast(isSkipped);
}

const isSkipped = ({ state }: StepRecord) => state === 'skipped';
