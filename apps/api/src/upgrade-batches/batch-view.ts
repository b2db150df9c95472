import type { UpgradeBatch } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { etagOf } from '../infra/http/etag.ts';
import { countsOf, countsOfAll } from './batch-counts.ts';
import { type BatchRow, NOBODY, sumOf, type WholeBatch } from './batch-row.ts';
import { sentenceOf } from './batch-sentence.ts';

const RATE_MINUTES = 5;

export function batchView(whole: WholeBatch): UpgradeBatch {
  const { batch, waves, counts } = whole;
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
    counts: countsOfAll(whole),
    cannotReturnCount: whole.keptCount,
    notBegunCount: waves.reduce((sum, one) => sum + (one.startedAt === null ? 0 : one.tenantCount - one.begunCount), 0),
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
    sentence: sentenceOf(whole),
    requestedBy: batch.requestedBy,
    reason: batch.reason,
    createdAt: batch.createdAt.toISOString(),
    finishedAt: batch.finishedAt?.toISOString() ?? null,
    etag: etagOf(batch.stamp),
  };
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
