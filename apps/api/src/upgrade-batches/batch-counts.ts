import type { UpgradeBatch } from '@grey/contracts';
import { type MemberCounts, NOBODY, type WaveRow } from './batch-row.ts';

/** Of a wave that has not begun all are queued; who needed nothing any more when it began counts as skipped. */
export function countsOf(
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

/** Of all waves together. */
export function countsOfAll({
  waves,
  counts,
}: {
  readonly waves: readonly WaveRow[];
  readonly counts: ReadonlyMap<number, MemberCounts>;
}): UpgradeBatch['counts'] {
  return sumOfCounts(waves.map((wave) => countsOf(wave, counts.get(wave.number) ?? NOBODY)));
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
