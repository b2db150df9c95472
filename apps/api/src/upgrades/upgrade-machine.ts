import type { UpgradeOptions, UpgradeState, UpgradeStepName } from '@grey/contracts';
import type { Awaits, EndsAs, StepRecord, StepState, UpgradeKind } from './upgrade-row.ts';

/** What the machine decides on: the part of an upgrade that its table is about. */
export interface MachineState {
  readonly state: UpgradeState;
  readonly steps: readonly StepRecord[];
  readonly awaits: Awaits | null;
  readonly endsAs: EndsAs | null;
  readonly isPastReturn: boolean;
}

export const upgradeEvents = [
  'claimed',
  'step done',
  'step waits',
  'step retries',
  'step failed',
  'step stuck',
  'contract begins',
  'contract taken back',
  'compensated',
  'compensation retries',
  'compensation stuck',
  'confirm',
  'abort',
  'skip',
  'retry',
  'take back',
  'settle: go on',
  'settle: take back',
] as const;
export type UpgradeEventKind = (typeof upgradeEvents)[number];

/** Conditions by the words that the diagram shows. */
const conditions = {
  'more to do': (at: MachineState) => nextStep(at.steps.map(endCurrent)) !== undefined,
  'last step': (at: MachineState) => nextStep(at.steps.map(endCurrent)) === undefined,
  'before the return': (at: MachineState) => !at.isPastReturn,
  'past the return': (at: MachineState) => at.isPastReturn,
  'more to take back': (at: MachineState) => stepsToCompensate(at.steps).length > 1,
  'all taken back, aborted': (at: MachineState) => isBack(at) && at.endsAs === 'aborted',
  'all taken back, failed': (at: MachineState) => isBack(at) && at.endsAs === 'failed',
  'all taken back, skipped': (at: MachineState) => isBack(at) && at.endsAs === 'skipped',
  'on the way back': (at: MachineState) => at.endsAs !== null,
  'on the way there': (at: MachineState) => at.endsAs === null,
  'waits for it': (at: MachineState) => at.awaits === 'confirmation',
  'waits for something else': (at: MachineState) => at.awaits !== 'confirmation',
} as const;
export type Condition = keyof typeof conditions;

export interface Transition {
  readonly from: UpgradeState;
  readonly event: UpgradeEventKind;
  readonly to: UpgradeState;
  readonly when?: Condition;
}

const row = (from: UpgradeState, event: UpgradeEventKind, to: UpgradeState, when?: Condition): Transition =>
  when === undefined ? { from, event, to } : { from, event, to, when };

/** Every way from a state to a state. What is not here is refused; docs/guides/upgrades.md draws it. */
export const transitions: readonly Transition[] = [
  row('queued', 'claimed', 'running'),
  row('queued', 'abort', 'aborted'),
  row('queued', 'skip', 'skipped'),

  row('running', 'claimed', 'running'),
  row('running', 'step done', 'running', 'more to do'),
  row('running', 'step done', 'done', 'last step'),
  row('running', 'step waits', 'waiting'),
  row('running', 'step retries', 'waiting'),
  row('running', 'step failed', 'aborting', 'before the return'),
  row('running', 'step failed', 'needs_operator', 'past the return'),
  row('running', 'step stuck', 'needs_operator'),
  row('running', 'contract begins', 'running'),
  row('running', 'contract taken back', 'waiting'),
  row('running', 'abort', 'aborting', 'before the return'),
  row('running', 'skip', 'aborting', 'before the return'),

  row('waiting', 'claimed', 'running'),
  row('waiting', 'confirm', 'running', 'waits for it'),
  row('waiting', 'retry', 'running', 'waits for something else'),
  row('waiting', 'abort', 'aborting', 'before the return'),
  row('waiting', 'skip', 'aborting', 'before the return'),

  row('aborting', 'claimed', 'aborting'),
  row('aborting', 'step done', 'aborting'),
  row('aborting', 'step waits', 'aborting'),
  row('aborting', 'step retries', 'aborting'),
  row('aborting', 'step failed', 'aborting'),
  row('aborting', 'step stuck', 'aborting'),
  row('aborting', 'contract taken back', 'aborting'),
  row('aborting', 'compensated', 'aborting', 'more to take back'),
  row('aborting', 'compensated', 'aborted', 'all taken back, aborted'),
  row('aborting', 'compensated', 'failed', 'all taken back, failed'),
  row('aborting', 'compensated', 'skipped', 'all taken back, skipped'),
  row('aborting', 'compensation retries', 'aborting'),
  row('aborting', 'compensation stuck', 'needs_operator'),
  row('aborting', 'abort', 'aborting'),
  row('aborting', 'skip', 'aborting'),
  row('aborting', 'retry', 'aborting'),

  row('needs_operator', 'retry', 'aborting', 'on the way back'),
  row('needs_operator', 'retry', 'running', 'on the way there'),
  row('needs_operator', 'settle: go on', 'running'),
  row('needs_operator', 'settle: take back', 'aborting', 'before the return'),
  row('needs_operator', 'settle: take back', 'running', 'past the return'),
  row('needs_operator', 'abort', 'aborting', 'before the return'),
  row('needs_operator', 'skip', 'skipped'),

  row('done', 'take back', 'aborting', 'before the return'),
  row('failed', 'retry', 'queued'),
  row('failed', 'skip', 'skipped'),
  row('aborted', 'retry', 'queued'),
  // Where contract has begun a new try would find nothing to do, and say that all is well.
  row('skipped', 'retry', 'queued', 'before the return'),
];

/** States in which nothing more happens by itself or at all; the tenant is at old or new. */
export const endedStates: readonly UpgradeState[] = ['done', 'aborted', 'failed', 'skipped'];
export const isEnded = (state: UpgradeState) => endedStates.includes(state);

/** One thing that happened, with what it brings along. `at`: ISO 8601. */
export interface UpgradeEvent {
  readonly kind: UpgradeEventKind;
  readonly at: string;
  readonly detail?: string | null;
  /** With `step waits`. */
  readonly awaits?: Awaits;
  /** With `step done`: there was nothing to do. */
  readonly isSkipped?: boolean;
}

/** @returns the state after it; undefined: it is refused there. Pure. */
export function advance(at: MachineState, event: UpgradeEvent): MachineState | undefined {
  const taken = transitions.find(
    ({ from, event: kind, when }) =>
      from === at.state && kind === event.kind && (when === undefined || conditions[when](at)),
  );
  if (taken === undefined) return undefined;
  return {
    state: taken.to,
    steps: stepsAfter(at, event),
    awaits: awaitsAfter(event, taken.to),
    endsAs: endsAsAfter(at, event, taken.to),
    isPastReturn:
      event.kind === 'contract begins' ? true : event.kind === 'contract taken back' ? false : at.isPastReturn,
  };
}

/**
 * Steps of an upgrade, in order. Those that find nothing to do say so when their turn comes. All are marked: not only contract
 * takes away what a version works with, the way back does too.
 */
export function stepsOf(kind: UpgradeKind, options: Pick<UpgradeOptions, 'contract'>): UpgradeStepName[] {
  const hasContract = options.contract === 'ask';
  return [
    'preflight',
    'mark',
    'backup',
    'expand',
    'verify',
    ...(kind === 'service' ? (['switch', 'soak'] as const) : []),
    ...(hasContract ? (['confirm', 'fence', 'contract'] as const) : []),
  ];
}

export function pendingSteps(names: readonly UpgradeStepName[]): StepRecord[] {
  return names.map((name) => ({
    name,
    state: 'pending',
    attempt: 0,
    detail: null,
    startedAt: null,
    finishedAt: null,
  }));
}

/** The step whose turn it is on the way there; undefined when all are done. */
export function nextStep(steps: readonly StepRecord[]): StepRecord | undefined {
  return steps.find(({ state }) => state !== 'done' && state !== 'skipped');
}

/** Steps that were begun and not taken back, in the order in which that is done. */
export function stepsToCompensate(steps: readonly StepRecord[]): StepRecord[] {
  return steps.filter(({ state }) => !['pending', 'skipped', 'compensated'].includes(state)).toReversed();
}

const isBack = (at: MachineState) => stepsToCompensate(at.steps).length <= 1;

/** For a condition: as if the step under way had ended. */
function endCurrent(step: StepRecord): StepRecord {
  return step.state === 'running' || step.state === 'waiting' ? { ...step, state: 'done' } : step;
}

function stepsAfter(at: MachineState, event: UpgradeEvent): readonly StepRecord[] {
  const { kind } = event;
  const isWayBack = at.state === 'aborting';
  if (kind === 'retry' && isEnded(at.state)) return pendingSteps(at.steps.map(({ name }) => name));
  if (kind === 'retry' && at.endsAs !== null) return at.steps;
  if (kind === 'claimed') return isWayBack ? at.steps : changeStep(at.steps, nextStep(at.steps), begin(event));
  const compensated = stepsToCompensate(at.steps)[0];
  if (kind === 'compensated') return changeStep(at.steps, compensated, end(event, 'compensated'));
  if (kind === 'compensation retries' || kind === 'compensation stuck')
    return changeStep(at.steps, compensated, (step) => ({
      ...step,
      state: 'compensating',
      detail: event.detail ?? step.detail,
    }));
  const current = nextStep(at.steps);
  if (kind === 'step done') {
    const ended = changeStep(at.steps, current, end(event, event.isSkipped === true ? 'skipped' : 'done'));
    return isWayBack ? ended : changeStep(ended, nextStep(ended), begin(event));
  }
  if (kind === 'step waits' || kind === 'contract taken back')
    return changeStep(at.steps, current, (step) => ({
      ...step,
      state: 'waiting',
      detail: event.detail ?? step.detail,
    }));
  if (kind === 'step retries')
    return changeStep(at.steps, current, (step) => ({ ...step, detail: event.detail ?? step.detail }));
  if (kind === 'step failed' || kind === 'step stuck') return changeStep(at.steps, current, end(event, 'failed'));
  if (kind === 'confirm' || kind === 'retry' || kind === 'settle: go on')
    return changeStep(at.steps, current, (step) => (step.state === 'pending' ? step : { ...step, state: 'running' }));
  return at.steps;
}

function changeStep(
  steps: readonly StepRecord[],
  which: StepRecord | undefined,
  change: (step: StepRecord) => StepRecord,
): readonly StepRecord[] {
  return which === undefined ? steps : steps.map((step) => (step.name === which.name ? change(step) : step));
}

const begin =
  ({ at }: UpgradeEvent) =>
  (step: StepRecord): StepRecord => ({
    ...step,
    state: 'running',
    // Looking again at what it waits for is no new attempt.
    attempt: step.state === 'waiting' ? step.attempt : step.attempt + 1,
    startedAt: step.startedAt ?? at,
  });

const end =
  ({ at, detail }: UpgradeEvent, state: StepState) =>
  (step: StepRecord): StepRecord => ({ ...step, state, detail: detail ?? step.detail, finishedAt: at });

function awaitsAfter({ kind, awaits }: UpgradeEvent, to: UpgradeState): Awaits | null {
  if (to === 'needs_operator') return 'operator';
  if (to === 'waiting')
    return kind === 'step waits' ? (awaits ?? 'time') : kind === 'step retries' ? 'retry' : 'operator';
  return to === 'aborting' && kind === 'compensation retries' ? 'retry' : null;
}

function endsAsAfter(at: MachineState, { kind }: UpgradeEvent, to: UpgradeState): EndsAs | null {
  if (kind === 'abort' || kind === 'take back' || kind === 'settle: take back')
    return to === 'running' ? null : 'aborted';
  if (kind === 'skip') return 'skipped';
  if (kind === 'step failed' && to === 'aborting') return at.endsAs ?? 'failed';
  if (to === 'queued' || (to === 'running' && kind === 'settle: go on')) return null;
  return at.endsAs;
}
