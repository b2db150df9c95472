import type { BatchCounts, BatchWaveState, UpgradeBatch, UpgradeBatchState } from '../../api/generated/model/index.ts';
import type { Tone } from '../../parts/status.tsx';

const batchTones: Record<UpgradeBatchState, Tone> = {
  running: 'note',
  paused: 'warn',
  confirming: 'warn',
  contracting: 'note',
  done: 'good',
  rolling_back: 'warn',
  rolled_back: 'plain',
  stopped: 'bad',
  needs_operator: 'bad',
};
/** How it stands in a word: of one that has ended also whether anybody was left, as by an emergency rollback meanwhile. */
export type BatchStanding = UpgradeBatchState | 'done_in_part' | 'done_for_nobody';
export function standingOf({ state, counts }: Pick<UpgradeBatch, 'state' | 'counts'>): BatchStanding {
  if (state !== 'done') return state;
  if (counts.done === 0 && counts.failed + counts.aborted > 0) return 'done_for_nobody';
  return counts.failed + counts.aborted + counts.needsOperator > 0 ? 'done_in_part' : state;
}

export function batchToneOf(batch: Pick<UpgradeBatch, 'state' | 'counts'>): Tone {
  const standing = standingOf(batch);
  return standing === 'done_for_nobody' || standing === 'done_in_part' ? 'warn' : batchTones[standing];
}

export const waveTones: Record<BatchWaveState, Tone> = {
  pending: 'plain',
  running: 'note',
  soaking: 'note',
  done: 'good',
  rolling_back: 'warn',
  rolled_back: 'plain',
  stopped: 'bad',
};

/** "payment-service v1 → v2"; without a version before, whoever is elsewhere goes. */
export function moveOf({ serviceId, fromVersion, toVersion }: UpgradeBatch): string {
  return `${serviceId} ${fromVersion === null ? '' : `${fromVersion} → `}${toVersion}`;
}

/** Nothing happens any more by itself. */
export function isBatchOver({ state, finishedAt }: Pick<UpgradeBatch, 'state' | 'finishedAt'>): boolean {
  // One that was stopped waits for those that are on their way back.
  return state === 'done' || state === 'rolled_back' || (state === 'stopped' && finishedAt !== null);
}

/** Parts of a bar, in the order in which they are drawn: what is settled first, what is to come last. */
export const segments = [
  'done',
  'running',
  'waiting',
  'needsOperator',
  'failed',
  'aborted',
  'skipped',
  'queued',
] as const;
export type Segment = (typeof segments)[number];
export const segmentTones: Record<Segment, Tone> = {
  done: 'good',
  running: 'note',
  waiting: 'warn',
  needsOperator: 'bad',
  failed: 'bad',
  aborted: 'plain',
  skipped: 'plain',
  queued: 'plain',
};

/** Who ended, one way or the other. */
export function endedCount({ done, failed, aborted, skipped }: BatchCounts): number {
  return done + failed + aborted + skipped;
}

/** Tenants end one after the other, so that a rate tells something: not while they come to rest before contract. */
export function isEnding({ state, options }: Pick<UpgradeBatch, 'state' | 'options'>): boolean {
  return state === 'contracting' || (state === 'running' && options.contract === 'leave');
}

/**
 * Minutes until the last tenant has ended at the present rate; undefined when nothing can be said, as while tenants come to
 * rest before contract: how many ended tells nothing about those.
 */
export function minutesLeft(batch: UpgradeBatch): number | undefined {
  const { counts, ratePerMinute } = batch;
  const left = counts.total - endedCount(counts) - counts.needsOperator;
  return !isEnding(batch) || left === 0 || ratePerMinute <= 0 ? undefined : Math.ceil(left / ratePerMinute);
}

export const batchActions = ['confirm', 'resume', 'pause', 'rollback'] as const;
export type BatchAction = (typeof batchActions)[number];

/** What makes sense in the state it is in; the API decides in the end. */
export function actionsOnBatch({ state, options }: UpgradeBatch): BatchAction[] {
  const mayGoBack = ['running', 'paused', 'confirming', 'contracting', 'stopped', 'needs_operator'].includes(state);
  const fits: Record<BatchAction, boolean> = {
    confirm: state === 'confirming',
    resume: state === 'paused',
    pause: state === 'running',
    // What was left expanded can go back for as long as it is.
    rollback: mayGoBack || (state === 'done' && options.contract === 'leave'),
  };
  return batchActions.filter((action) => fits[action]);
}

/** The URL of one batch: which of its upgrades are listed. */
export interface BatchView {
  wave?: number;
}
export function readBatchView(search: Record<string, unknown>): BatchView {
  const wave = Number(search['wave']);
  return Number.isInteger(wave) && wave >= 1 && wave <= 100 ? { wave } : {};
}
