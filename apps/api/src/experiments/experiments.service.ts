import type { Experiment, ExperimentCounts, operations } from '@grey/contracts';
import type { BucketRange, ExperimentRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { overrideOf } from '../guards/overridden.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import { changedFields } from '../infra/changed-fields.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { assertConditions } from '../rules/assert-conditions.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { assertFields } from './assert-fields.ts';
import { assignGroup } from './assign-group.ts';
import { ExperimentCountsStore } from './experiment-counts.store.ts';
import { type ExperimentFields, experimentFieldsOf, experimentRecordOf } from './experiment-record.ts';
import { experimentView, itemOfExperiment } from './experiment-view.ts';
import { type ExperimentRow, ExperimentsStore } from './experiments.store.ts';
import { isFairSplit } from './is-fair-split.ts';
import { movesOfExperiment } from './moves-of-experiment.ts';

type Ops = typeof operations;

/** Experiments of services: variants that own buckets, alone or in a group where nobody is in two. */
@Injectable()
export class ExperimentsService {
  constructor(
    private readonly store: ExperimentsStore,
    private readonly counts: ExperimentCountsStore,
    private readonly services: ServiceRecords,
    private readonly changes: ChangesService,
    private readonly guards: VersionGuards,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN */
  list({ input }: Called<Ops['listExperiments']>): Promise<{ items: Experiment[] }> {
    const { serviceId } = input.params;
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, serviceId);
      return { items: (await this.store.list(tx, serviceId)).map(viewOf) };
    });
  }

  /** @throws ApiError SERVICE_UNKNOWN, EXPERIMENT_UNKNOWN */
  get({ input }: Called<Ops['getExperiment']>): Promise<Experiment> {
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, input.params.serviceId);
      return viewOf(await this.#get(tx, input.params));
    });
  }

  /**
   * Decisions of all replicas since the weights were set last.
   * @throws ApiError SERVICE_UNKNOWN, EXPERIMENT_UNKNOWN
   */
  getCounts({ input }: Called<Ops['getExperimentCounts']>): Promise<ExperimentCounts> {
    const { serviceId, experimentId } = input.params;
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, serviceId);
      const { record } = await this.#get(tx, input.params);
      const rows = new Map((await this.counts.list(tx, serviceId, experimentId)).map((row) => [row.variant, row]));
      const variants = record.variants.map(({ name }) => {
        const row = rows.get(name);
        return {
          name,
          decisionCount: Number(row?.decisionCount ?? 0),
          firstAt: row?.firstAt.toISOString() ?? null,
          lastAt: row?.lastAt.toISOString() ?? null,
        };
      });
      const decisionCount = variants.reduce((sum, one) => sum + one.decisionCount, 0);
      const counts = new Map(variants.map((one) => [one.name, one.decisionCount]));
      return { experimentId, variants, decisionCount, isFairSplit: isFairSplit(record, counts) };
    });
  }

  /**
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, EXPERIMENT_EXISTS, EXPERIMENT_GROUP_FULL,
   * MOVE_REFUSED, VALIDATION_FAILED
   */
  create({ caller, input, idempotency }: Called<Ops['createExperiment']>) {
    const { serviceId } = input.params;
    const { id, reason, override, name = id, salt = `experiment:${serviceId}:${id}`, ...fields } = input.body;
    assertConditions([{ condition: fields.when, path: 'body.when' }]);
    const request = { kind: 'experiment.created', actor: actorOf(caller), reason, idempotency } as const;
    return this.changes.commit(request, async (tx) => {
      await this.services.lock(tx, serviceId);
      if ((await this.store.find(tx, serviceId, id)) !== undefined) throw new ApiError('EXPERIMENT_EXISTS');
      await this.services.holdVersions(tx, serviceId, versionsOf(fields));
      const context = { caller, override, isHeld: true };
      await this.guards.assertAllowed(tx, movesOfExperiment(serviceId, undefined, fields), context);
      const ranges = await this.#giveGroup(tx, serviceId, id, fields, undefined);
      const row = await this.store.put(
        tx,
        serviceId,
        name,
        experimentRecordOf({ id, salt }, fields, undefined, ranges),
      );
      return {
        items: [itemOfExperiment(undefined, row)],
        services: [await this.services.read(tx, serviceId)],
        answer: () => viewOf(row),
      };
    });
  }

  /**
   * Changes what is named. With new weights counting begins anew: old and new decisions cannot be compared.
   * @throws ApiError SERVICE_UNKNOWN, EXPERIMENT_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, EXPERIMENT_GROUP_FULL,
   * MOVE_REFUSED, PRECONDITION_FAILED, VALIDATION_FAILED
   */
  update({ caller, input, ifMatch }: Called<Ops['updateExperiment']>) {
    const { serviceId, experimentId } = input.params;
    const { reason, override, ...wanted } = input.body;
    assertConditions([{ condition: wanted.when, path: 'body.when' }]);
    return this.changes.commit({ kind: 'experiment.updated', actor: actorOf(caller), reason }, async (tx) => {
      await this.services.lock(tx, serviceId);
      const before = await this.#get(tx, input.params);
      assertMatch(ifMatch, viewOf(before));
      const present = { name: before.name, ...experimentFieldsOf(before.record) };
      const changed = changedFields(present, { ...wanted, ...inUtc(wanted) });
      if (changed === undefined) return { items: [], answer: () => viewOf(before) };
      const { name, ...fields } = { ...present, ...changed };
      assertFields(fields);
      if (changed.variants !== undefined) {
        await this.services.holdVersions(tx, serviceId, versionsOf(fields));
        if (hasOtherWeights(present, fields)) await this.counts.clear(tx, serviceId, experimentId);
      }
      const context = { caller, override, isHeld: true };
      await this.guards.assertAllowed(tx, movesOfExperiment(serviceId, present, fields), context);
      const ranges = await this.#giveGroup(tx, serviceId, experimentId, fields, before.record);
      const keys = { id: experimentId, salt: before.record.salt };
      const row = await this.store.put(tx, serviceId, name, experimentRecordOf(keys, fields, before.record, ranges));
      return {
        items: [itemOfExperiment(before, row)],
        services: [await this.services.read(tx, serviceId)],
        answer: () => viewOf(row),
      };
    });
  }

  /** @throws ApiError SERVICE_UNKNOWN, EXPERIMENT_UNKNOWN, MOVE_REFUSED, PRECONDITION_FAILED */
  async delete({ caller, input, ifMatch }: Called<Ops['deleteExperiment']>): Promise<void> {
    const { serviceId, experimentId } = input.params;
    await this.changes.commit({ kind: 'experiment.deleted', actor: actorOf(caller) }, async (tx) => {
      await this.services.lock(tx, serviceId);
      const row = await this.#get(tx, input.params);
      assertMatch(ifMatch, viewOf(row));
      const context = { caller, override: overrideOf(input.query), isHeld: true };
      const moves = movesOfExperiment(serviceId, experimentFieldsOf(row.record), undefined);
      await this.guards.assertAllowed(tx, moves, context);
      await this.store.delete(tx, serviceId, experimentId);
      return {
        items: [itemOfExperiment(row, undefined)],
        services: [await this.services.read(tx, serviceId)],
        answer: () => undefined,
      };
    });
  }

  async #get(tx: Transaction, { serviceId, experimentId }: { serviceId: string; experimentId: string }) {
    const row = await this.store.find(tx, serviceId, experimentId);
    if (row === undefined) throw new ApiError('EXPERIMENT_UNKNOWN');
    return row;
  }

  /** The buckets of the group that the experiment shall own; those of a group it leaves are free afterwards. */
  async #giveGroup(
    tx: Transaction,
    serviceId: string,
    id: string,
    { group }: Pick<ExperimentFields, 'group'>,
    before: ExperimentRecord | undefined,
  ): Promise<readonly BucketRange[]> {
    await this.store.lockGroups(
      tx,
      [group?.name, before?.group?.name].filter((name) => name !== undefined),
    );
    if (group === null) return [];
    const members = (await this.store.listGroup(tx, group.name)).map((row) => ({
      key: `${row.serviceId}/${row.id}`,
      ranges: row.record.group?.ranges ?? [],
    }));
    return assignGroup(members, `${serviceId}/${id}`, group.share);
  }
}

function viewOf(row: ExperimentRow): Experiment {
  return experimentView(row, Date.now());
}

/** Times as they are shown, so that the same instant is no change. */
function inUtc(wanted: { startAt?: string | null | undefined; endAt?: string | null | undefined }) {
  const { startAt, endAt } = wanted;
  return {
    ...(startAt == null ? {} : { startAt: new Date(startAt).toISOString() }),
    ...(endAt == null ? {} : { endAt: new Date(endAt).toISOString() }),
  };
}

function versionsOf({ variants }: Pick<ExperimentFields, 'variants'>): string[] {
  return [...new Set(variants.map((variant) => variant.version))];
}

function hasOtherWeights(a: Pick<ExperimentFields, 'variants'>, b: Pick<ExperimentFields, 'variants'>): boolean {
  const textOf = ({ variants }: typeof a) => JSON.stringify(variants.map(({ name, weight }) => [name, weight]).sort());
  return textOf(a) !== textOf(b);
}
