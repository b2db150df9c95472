import type { Upgrade, UpgradeState, UpgradeStepView, UpgradeSummary } from '../../api/generated/model/index.ts';
import type { Tone } from '../../parts/status.tsx';

const stateTones: Record<UpgradeState, Tone> = {
  queued: 'plain',
  running: 'note',
  waiting: 'warn',
  aborting: 'warn',
  done: 'good',
  aborted: 'plain',
  failed: 'bad',
  skipped: 'plain',
  needs_operator: 'bad',
};

/** Waiting for a time is nothing that somebody should look up for. */
export function toneOf({ state, awaits }: Pick<UpgradeSummary, 'state' | 'awaits'>): Tone {
  return state === 'waiting' && awaits === 'time' ? 'note' : stateTones[state];
}

const ended: readonly UpgradeState[] = ['done', 'aborted', 'failed', 'skipped'];

/** Nothing happens any more by itself. One that needs an operator is not over: somebody else may settle it meanwhile. */
export function isOver({ state }: Pick<UpgradeSummary, 'state'>): boolean {
  return ended.includes(state);
}

/** Whether somebody should look at it now. */
export function needsSomebody({ state, awaits, failure }: UpgradeSummary): boolean {
  return (
    state === 'failed' ||
    state === 'needs_operator' ||
    (state === 'waiting' && (awaits === 'confirmation' || awaits === 'operator')) ||
    (failure !== null && !isOver({ state }))
  );
}

export const upgradeActions = ['confirm', 'settle', 'retry', 'skip', 'cancel'] as const;
export type UpgradeAction = (typeof upgradeActions)[number];

/** What makes sense in the state it is in; the API decides in the end. Most urgent first. */
export function actionsOn(upgrade: UpgradeSummary): UpgradeAction[] {
  const { state, awaits, isAbortable, batchId } = upgrade;
  const isStuck = state === 'waiting' && (awaits === 'retry' || awaits === 'operator');
  const isInWay = state === 'queued' || state === 'failed' || state === 'needs_operator' || isStuck;
  const fits: Record<UpgradeAction, boolean> = {
    confirm: state === 'waiting' && awaits === 'confirmation',
    settle: state === 'needs_operator',
    retry: isStuck || ['failed', 'aborted', 'skipped', 'needs_operator'].includes(state),
    // Alone, there is nothing that would go on without it.
    skip: batchId !== null && isInWay && !upgrade.isPastReturn,
    cancel: isAbortable && state !== 'aborting',
  };
  return upgradeActions.filter((action) => fits[action]);
}

/** What taking back undoes of what was done, in the order in which it is undone. */
export function takenBack(steps: readonly UpgradeStepView[]): TakenBack[] {
  const isBegun = (name: string) =>
    steps.some((step) => step.name === name && !['pending', 'skipped', 'compensated'].includes(step.state));
  return takenBackOrder.filter(isBegun);
}
const takenBackOrder = ['fence', 'switch', 'expand', 'mark'] as const;
export type TakenBack = (typeof takenBackOrder)[number];

/** A step as it is shown: what took back nothing is over, and what failed stays to be seen when it went back. */
export type ShownStep = UpgradeStepView['state'] | 'notReached' | 'past' | 'failedAndBack';
export function shownStep({ name, state }: UpgradeStepView, upgrade: Pick<Upgrade, 'state' | 'steps'>): ShownStep {
  if (state === 'pending') return isOver(upgrade) ? 'notReached' : state;
  if (state !== 'compensated') return state;
  const isUndone = takenBackOrder.some((one) => one === name);
  // Whatever was begun went back from where it failed.
  const last = upgrade.steps.findLast((one) => one.state !== 'pending' && one.state !== 'skipped');
  if (upgrade.state === 'failed' && last?.name === name) return isUndone ? 'failedAndBack' : 'failed';
  return isUndone ? state : 'past';
}

/** The version before, or null where there is none to go back to: it had none, or the database alone was led to where the route is. */
export function oldVersion({
  fromVersion,
  toVersion,
}: Pick<UpgradeSummary, 'fromVersion' | 'toVersion'>): string | null {
  return fromVersion === toVersion ? null : fromVersion;
}

/** The tenant as the operator should think of it: what could still be taken back, or what it came to. */
export type Return = 'open' | 'crossed' | 'kept' | 'back' | 'unknown' | 'contracted' | 'untouched';
export function returnOf({ state, isPastReturn }: Pick<UpgradeSummary, 'state' | 'isPastReturn'>): Return {
  if (state === 'needs_operator') return 'unknown';
  if (state === 'aborted' || state === 'failed') return isPastReturn ? 'crossed' : 'back';
  if (state === 'skipped') return 'untouched';
  if (state === 'done') return isPastReturn ? 'contracted' : 'kept';
  return isPastReturn ? 'crossed' : 'open';
}
