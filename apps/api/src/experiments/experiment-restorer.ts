import type { ExperimentRecord, ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { draftOf } from '../changes/reverts/restored-item.ts';
import type { RestoreContext, Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { assignGroup } from './assign-group.ts';
import { type ExperimentFields, experimentFieldsOf, experimentRecordOf } from './experiment-record.ts';
import { ExperimentsStore } from './experiments.store.ts';
import { movesOfExperiment } from './moves-of-experiment.ts';

/** Experiments, with the buckets that their variants had. */
@Injectable()
export class ExperimentRestorer implements Restorer {
  constructor(
    private readonly store: ExperimentsStore,
    private readonly services: ServiceRecords,
    private readonly guards: VersionGuards,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'experiment';
  }

  async lock(tx: Transaction, wish: Wish): Promise<State> {
    const { serviceId, id } = keysOf(wish);
    await this.services.lock(tx, serviceId);
    const row = await this.store.find(tx, serviceId, id);
    return row === undefined ? null : { name: row.name, ...experimentFieldsOf(row.record) };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State, context: RestoreContext): Promise<ItemDraft[]> {
    const { serviceId, id } = keysOf(wish);
    const { caller, override } = context;
    const present = now === null ? undefined : (now as unknown as ExperimentFields);
    const allow = (after: ExperimentFields | undefined) =>
      this.guards.assertAllowed(tx, movesOfExperiment(serviceId, present, after), { caller, override, isHeld: true });
    if (to === null) {
      await allow(undefined);
      await this.store.delete(tx, serviceId, id);
      return [draftOf(wish, now, null)];
    }
    const { name, ...fields } = to as unknown as ExperimentFields & { name: string };
    await this.services.holdVersions(tx, serviceId, [...new Set(fields.variants.map((one) => one.version))]);
    await allow(fields);
    const known = (await this.store.find(tx, serviceId, id))?.record ?? (await lastRecord(tx, serviceId, id));
    const ranges = await this.#giveGroup(tx, `${serviceId}/${id}`, fields.group, known);
    const salt = known?.salt ?? `experiment:${serviceId}:${id}`;
    const row = await this.store.put(tx, serviceId, name, experimentRecordOf({ id, salt }, fields, known, ranges));
    return [draftOf(wish, now, { name: row.name, ...experimentFieldsOf(row.record) })];
  }

  async #giveGroup(
    tx: Transaction,
    key: string,
    group: ExperimentFields['group'],
    before: ExperimentRecord | undefined,
  ) {
    await this.store.lockGroups(
      tx,
      [group?.name, before?.group?.name].filter((name) => name !== undefined),
    );
    if (group === null) return [];
    const rows = await this.store.listGroup(tx, group.name);
    const members = rows.map((row) => ({ key: `${row.serviceId}/${row.id}`, ranges: row.record.group?.ranges ?? [] }));
    return assignGroup(members, key, group.share);
  }
}

/** The record of an experiment that is gone, out of the last change that still had it; undefined when that is not kept. */
async function lastRecord(tx: Transaction, serviceId: string, id: string): Promise<ExperimentRecord | undefined> {
  const [row] = await tx.$queryRaw<{ services: ServiceRecord[] }[]>`
    SELECT services FROM changes
    WHERE services @> ${JSON.stringify([{ id: serviceId, experiments: [{ id }] }])}::jsonb
    ORDER BY epoch DESC, revision DESC LIMIT 1`;
  return row?.services
    .find((service) => service.id === serviceId)
    ?.experiments?.find((experiment) => experiment.id === id);
}

function keysOf({ serviceId, key }: Wish): { serviceId: string; id: string } {
  return { serviceId: serviceId as string, id: key.slice((serviceId as string).length + 1) };
}
