import type { Experiment } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { etagOf } from '../infra/http/etag.ts';
import { experimentFieldsOf } from './experiment-record.ts';
import type { ExperimentRow } from './experiments.store.ts';

/** An experiment in the words of the API; its state is a matter of the time. `now` in milliseconds since 1970. */
export function experimentView(row: ExperimentRow, now: number): Experiment {
  const { record } = row;
  return {
    serviceId: row.serviceId,
    id: row.id,
    name: row.name,
    ...(experimentFieldsOf(record) as Omit<ReturnType<typeof experimentFieldsOf>, 'when' | 'variants'>),
    when: (record.when ?? null) as Experiment['when'],
    variants: record.variants as unknown as Experiment['variants'],
    salt: record.salt,
    state: stateOf(record, now),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.stamp),
  };
}

function stateOf({ isRunning, startAt, endAt }: ExperimentRow['record'], now: number): Experiment['state'] {
  if (!isRunning) return 'stopped';
  if (endAt !== undefined && endAt <= now) return 'ended';
  return startAt !== undefined && startAt > now ? 'scheduled' : 'running';
}

/** What the log keeps of a change; who owns which buckets is not for people. */
export function itemOfExperiment(before: ExperimentRow | undefined, after: ExperimentRow | undefined): ItemDraft {
  const { serviceId, id } = (after ?? before) as ExperimentRow;
  const stateOfRow = (row: ExperimentRow | undefined) =>
    row === undefined ? null : { name: row.name, ...experimentFieldsOf(row.record) };
  return {
    entity: 'experiment',
    tenantId: null,
    serviceId,
    key: `${serviceId}/${id}`,
    before: stateOfRow(before),
    after: stateOfRow(after),
  };
}
