import type { DecisionReason, ExplainStep } from '@grey/route-core';

/** The stages of a decision in the order in which they come; each gathers the engine's steps of these names. */
export const stages = [
  { name: 'tenant', steps: ['service', 'tenant'] },
  { name: 'lane', steps: ['lane'] },
  { name: 'rules', steps: ['rule'] },
  { name: 'experiments', steps: ['experiment'] },
  { name: 'version', steps: ['version'] },
  { name: 'holds', steps: ['hold'] },
  { name: 'schema', steps: ['schema'] },
  { name: 'instances', steps: ['instances', 'left_out'] },
  { name: 'fallback', steps: ['fallback'] },
  { name: 'instance', steps: ['instance'] },
  { name: 'mirror', steps: ['mirror'] },
  { name: 'flags', steps: ['flag'] },
] as const;
export type StageName = (typeof stages)[number]['name'];

/**
 * Why a stage says nothing: `decided`: an earlier one had settled the version; `none`: the service has nothing of the kind,
 * or nothing that this call could meet.
 */
export type Silence = 'decided' | 'none';

export interface Stage {
  readonly name: StageName;
  readonly steps: readonly ExplainStep[];
  readonly silence?: Silence;
}

const stageOf = new Map<string, StageName>(stages.flatMap(({ name, steps }) => steps.map((step) => [step, name])));
/** Who chooses the version, in order; a stage that was not asked is shown nevertheless, with the reason. */
const choosing = ['lane', 'rules', 'experiments'] as const;
const settledBefore: Partial<Record<DecisionReason, readonly StageName[]>> = {
  PINNED: ['rules', 'experiments'],
  LANE: ['rules', 'experiments'],
  RULE: ['experiments'],
};

/**
 * Steps by stage. A stage that comes back (after a fallback the next version's schema and instances are checked) stands
 * again where it happened: the order is what explains.
 */
export function groupSteps(steps: readonly ExplainStep[], reason: DecisionReason | undefined): Stage[] {
  const grouped: { name: StageName; steps: ExplainStep[] }[] = [];
  for (const step of steps) {
    const name = stageOf.get(step.step) ?? 'version';
    const last = grouped.at(-1);
    if (last?.name === name) last.steps.push(step);
    else grouped.push({ name, steps: [step] });
  }
  const at = grouped.findIndex(({ name }) => name === 'version');
  if (at < 0 || reason === undefined) return grouped;
  const before = grouped.slice(0, at);
  const silent = choosing
    .filter((name) => !before.some((stage) => stage.name === name))
    .map((name): Stage => ({ name, steps: [], silence: settledBefore[reason]?.includes(name) ? 'decided' : 'none' }));
  const inOrder = [...before, ...silent].sort((a, b) => placeOf(a.name) - placeOf(b.name));
  return [...inOrder, ...grouped.slice(at)];
}

const placeOf = (name: StageName) => stages.findIndex((stage) => stage.name === name);
