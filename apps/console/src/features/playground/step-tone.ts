import type { ExplainStep } from '@grey/route-core';
import type { Tone } from '../../parts/status.tsx';

/** Outcomes that move the decision on, by step; what is not named is a step that was tried in vain. */
const tones: Readonly<Record<string, Readonly<Record<string, Tone>>>> = {
  service: { unknown: 'bad' },
  tenant: { active: 'good', inactive: 'bad', unknown: 'warn' },
  lane: { tagged: 'good', entered: 'good', passed_through: 'note', not_served: 'bad', unknown_tag: 'warn' },
  rule: { matched: 'good', lane_entered: 'note', unknown_lane: 'warn' },
  experiment: { admitted: 'good', no_variant: 'warn' },
  version: { undefined: 'bad', unknown: 'bad', retired: 'bad' },
  hold: { applied: 'warn', circle: 'bad' },
  schema: { out_of_range: 'bad', uncertain: 'bad', in_range: 'good' },
  instances: { healthy: 'good', degraded: 'warn', none: 'bad' },
  fallback: { taken: 'warn', off: 'bad', exhausted: 'bad', candidate: 'note' },
  mirror: { chosen: 'good' },
  flag: { rule: 'good' },
};

export function toneOf({ step, outcome }: ExplainStep): Tone {
  const known = tones[step]?.[outcome];
  if (known) return known;
  return step === 'version' || step === 'instance' ? 'good' : 'plain';
}

/** Whether the step says why something did not come to pass: these are folded away behind what did. */
export const isMiss = (step: ExplainStep): boolean =>
  (step.step === 'rule' || step.step === 'experiment' || step.step === 'lane') && toneOf(step) === 'plain';
