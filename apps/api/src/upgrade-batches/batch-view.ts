import type { UpgradeBatch } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { etagOf } from '../infra/http/etag.ts';
import { type BatchRow, type MemberCounts, NOBODY, sumOf, type WaveRow } from './batch-row.ts';

/** A batch with what its tenants have come to. */
export interface WholeBatch {
  readonly batch: BatchRow;
  readonly waves: readonly WaveRow[];
  readonly counts: ReadonlyMap<number, MemberCounts>;
}

const RATE_MINUTES = 5;

export function batchView({ batch, waves, counts }: WholeBatch): UpgradeBatch {
  const all = sumOf([...counts.values()]);
  return {
    id: batch.id,
    name: batch.name,
    kind: batch.kind,
    serviceId: batch.serviceId,
    fromVersion: batch.fromVersion,
    toVersion: batch.toVersion,
    state: batch.state,
    wave: batch.wave,
    counts: sumOfCounts(waves.map((wave) => countsOf(wave, counts.get(wave.number) ?? NOBODY))),
    ratePerMinute: Math.round((all.recentCount / RATE_MINUTES) * 10) / 10,
    waves: waves.map((wave) => ({
      number: wave.number,
      name: wave.name,
      state: wave.state,
      counts: countsOf(wave, counts.get(wave.number) ?? NOBODY),
      failureBudget: wave.failureBudget,
      soakUntil: wave.soakUntil?.toISOString() ?? null,
      startedAt: wave.startedAt?.toISOString() ?? null,
      finishedAt: wave.finishedAt?.toISOString() ?? null,
    })),
    concurrency: batch.concurrency,
    order: batch.order,
    options: batch.options,
    sentence: sentenceOf({ batch, waves, counts }),
    requestedBy: batch.requestedBy,
    reason: batch.reason,
    createdAt: batch.createdAt.toISOString(),
    finishedAt: batch.finishedAt?.toISOString() ?? null,
    etag: etagOf(batch.stamp),
  };
}

/** Of a wave that has not begun all are queued; who needed nothing any more when it began counts as skipped. */
function countsOf(
  { state, tenantCount, begunCount, startedAt }: WaveRow,
  counts: MemberCounts,
): UpgradeBatch['counts'] {
  const { queued, running, waiting, done, failed, aborted, skipped, needsOperator } = counts;
  const shown = { queued, running, waiting, done, failed, aborted, skipped, needsOperator };
  if (startedAt !== null) return { total: tenantCount, ...shown, skipped: skipped + tenantCount - begunCount };
  return {
    total: tenantCount,
    ...shown,
    ...(state === 'pending' ? { queued: tenantCount } : { skipped: tenantCount }),
  };
}

function sumOfCounts(all: readonly UpgradeBatch['counts'][]): UpgradeBatch['counts'] {
  const sum = {
    total: 0,
    queued: 0,
    running: 0,
    waiting: 0,
    done: 0,
    failed: 0,
    aborted: 0,
    skipped: 0,
    needsOperator: 0,
  };
  for (const one of all) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += one[key];
  return sum;
}

/** Where it stands and what is to be done, for a reader at night. */
export function sentenceOf({ batch, waves, counts }: WholeBatch): string {
  const all = sumOf([...counts.values()]);
  const wave = batch.wave === null ? '' : `Wave ${batch.wave} of ${waves.length}`;
  const troubles = [
    ...(all.failed > 0 ? [`${all.failed} failed and are where they were`] : []),
    ...(all.needsOperator > 0 ? [`${all.needsOperator} need an operator`] : []),
  ];
  const trouble = troubles.length === 0 ? '' : ` ${troubles.join(', ')}.`;
  const { rollback } = batch;
  const kept = rollback === null || rollback.refusedCount === 0 ? '' : ` ${rollback.refusedCount} cannot go back.`;
  switch (batch.state) {
    case 'running':
      return `${wave || 'About to begin'}${wave === '' ? '' : ' is under way'}.${trouble}`;
    case 'paused':
      return `Paused${wave === '' ? '' : ` in ${wave.toLowerCase()}`}: nobody is begun until it is resumed.${trouble}`;
    case 'confirming':
      return `${all.confirmationCount} wait for a confirmation of contract, the point of no return.${trouble}`;
    case 'contracting':
      return `Contract is under way.${trouble}`;
    case 'rolling_back':
      return `Taken back: ${rollback?.reason ?? ''} (${rollback?.by.name ?? ''}).${kept}${trouble}`;
    case 'rolled_back':
      return `Was taken back: ${rollback?.reason ?? ''} (${rollback?.by.name ?? ''}).${kept}${trouble}`;
    case 'stopped':
      return `Stopped: ${batch.stoppedBecause ?? ''}.${trouble}`;
    case 'needs_operator':
      return `Somebody has to look: ${troubles.join(', ')}.${kept}`;
    case 'done':
      return `${all.done} were upgraded.${trouble}`;
  }
}

/** What the log keeps of a batch. */
export function batchState(row: BatchRow): Record<string, unknown> {
  const { state, wave, name, kind, fromVersion, toVersion, rollback, stoppedBecause } = row;
  return {
    name,
    kind,
    fromVersion,
    toVersion,
    state,
    wave,
    ...(rollback === null ? {} : { rolledBackWaves: rollback.waves, rollbackReason: rollback.reason }),
    ...(stoppedBecause === null ? {} : { stoppedBecause }),
  };
}

/** @param more what else is to be told, such as how many ended how */
export function itemOfBatch(before: BatchRow | null, after: BatchRow, more: Record<string, unknown> = {}): ItemDraft {
  return {
    entity: 'upgrade_batch',
    tenantId: null,
    serviceId: after.serviceId,
    key: after.id,
    before: before === null ? null : batchState(before),
    after: { ...batchState(after), ...more },
  } as ItemDraft;
}
