import { type BatchRow, type BatchState, type MemberCounts, sumOf, underWay, type WaveRow } from './batch-row.ts';

export interface WaveFacts extends Pick<WaveRow, 'number' | 'state' | 'failureBudget' | 'soakSeconds' | 'soakUntil'> {
  readonly counts: MemberCounts;
}

export interface BatchFacts extends Pick<BatchRow, 'state' | 'rollback' | 'finishedAt'> {
  readonly waves: readonly WaveFacts[];
}

/** What is to be done next for a batch. */
export type BatchAction =
  | { readonly kind: 'begin-wave'; readonly wave: number }
  | { readonly kind: 'soak-wave'; readonly wave: number }
  | { readonly kind: 'finish-wave'; readonly wave: number }
  /** A wave has more failures than it may have. */
  | { readonly kind: 'roll-back-wave'; readonly wave: number; readonly failureCount: number }
  | { readonly kind: 'become'; readonly state: BatchState; readonly isEnd: boolean }
  /** Nothing, until something ends; or until a time. */
  | { readonly kind: 'rest'; readonly until: Date | null };

const REST: BatchAction = { kind: 'rest', until: null };

/**
 * Failures that count against a budget, those that are still on their way back too: else as many more could begin as fail while
 * the first ones go back. What somebody skipped or aborted is none, nor whom a freeze or a hold kept from beginning.
 */
export function failuresOf({ failed, forbiddenCount, failingCount, needsOperator }: MemberCounts): number {
  return failed - forbiddenCount + failingCount + needsOperator;
}

/** Decides by what is in the database alone, so that any replica can go on where another stopped. Pure. */
export function decideBatch(batch: BatchFacts, now: Date): BatchAction {
  const all = sumOf(batch.waves.map(({ counts }) => counts));
  switch (batch.state) {
    case 'running':
    case 'paused':
      return decideWaves(batch, all, now);
    case 'confirming':
      if (all.confirmationCount > 0) return REST;
      return underWay(all) > 0 ? { kind: 'become', state: 'contracting', isEnd: false } : endOf(all);
    case 'contracting':
      if (underWay(all) > 0) return REST;
      return all.confirmationCount > 0 ? { kind: 'become', state: 'confirming', isEnd: false } : endOf(all);
    case 'rolling_back':
      return decideWayBack(batch);
    case 'stopped':
      if (batch.finishedAt !== null || underWay(all) - all.pastReturnCount > 0) return REST;
      return { kind: 'become', state: 'stopped', isEnd: true };
    case 'needs_operator':
      if (all.needsOperator > 0 || underWay(all) > 0) return REST;
      return { kind: 'become', state: batch.rollback === null ? 'done' : 'rolled_back', isEnd: true };
    case 'done':
    case 'rolled_back':
      return REST;
  }
}

function decideWaves({ state, waves }: BatchFacts, all: MemberCounts, now: Date): BatchAction {
  const current = waves.find((wave) => wave.state === 'running' || wave.state === 'soaking');
  if (current !== undefined) return decideWave(current, waves, now);
  const next = waves.find((wave) => wave.state === 'pending');
  if (next !== undefined) return state === 'paused' ? REST : { kind: 'begin-wave', wave: next.number };
  if (underWay(all) > 0) return REST;
  return all.confirmationCount > 0 ? { kind: 'become', state: 'confirming', isEnd: false } : endOf(all);
}

function decideWave(wave: WaveFacts, waves: readonly WaveFacts[], now: Date): BatchAction {
  const { number, counts, failureBudget, soakSeconds, soakUntil } = wave;
  const failureCount = failuresOf(counts);
  if (failureCount > failureBudget) return { kind: 'roll-back-wave', wave: number, failureCount };
  if (underWay(counts) > 0) return REST;
  if (wave.state === 'running') {
    const isLast = waves.every((one) => one.number <= number);
    // Where nobody was brought there, there is nothing that time could tell.
    const isWorth = soakSeconds > 0 && !isLast && counts.done + counts.confirmationCount > 0;
    return { kind: isWorth ? 'soak-wave' : 'finish-wave', wave: number };
  }
  if (soakUntil !== null && soakUntil > now) return { kind: 'rest', until: soakUntil };
  return { kind: 'finish-wave', wave: number };
}

/** Those past the point of no return are not waited for: they go on, and are named. */
function decideWayBack({ waves }: BatchFacts): BatchAction {
  const back = sumOf(waves.filter(({ state }) => state === 'rolling_back').map(({ counts }) => counts));
  const active = back.queued + back.running + back.waiting - back.pastReturnCount;
  if (active > 0) return REST;
  return { kind: 'become', state: back.needsOperator > 0 ? 'needs_operator' : 'rolled_back', isEnd: true };
}

function endOf({ needsOperator }: MemberCounts): BatchAction {
  return { kind: 'become', state: needsOperator > 0 ? 'needs_operator' : 'done', isEnd: true };
}
