import type { Lane, operations } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { type LaneState, laneRecordOf } from '../changes/delta-of-items.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { overrideOf } from '../guards/overridden.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import { changedFields } from '../infra/changed-fields.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { assertConditions } from '../rules/assert-conditions.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { assertServed } from './assert-served.ts';
import { laneState, laneView } from './lane-view.ts';
import { LanesStore } from './lanes.store.ts';
import { movesOfLane } from './moves-of-lane.ts';

type Ops = typeof operations;
/** Entity tag of a lane that is not there. */
const NOTHING = etagOf(0);

/** Services that are greyed together. */
@Injectable()
export class LanesService {
  constructor(
    private readonly store: LanesStore,
    private readonly targets: TargetCheck,
    private readonly changes: ChangesService,
    private readonly guards: VersionGuards,
  ) {}

  list(): Promise<{ items: Lane[] }> {
    return this.store.consistentRead(async (tx) => {
      const entries = await this.store.listEntries(tx);
      return { items: (await this.store.list(tx)).map((row) => laneView(row, entries)) };
    });
  }

  /** @throws ApiError LANE_UNKNOWN */
  get({ input }: Called<Ops['getLane']>): Promise<Lane> {
    return this.store.consistentRead(async (tx) => {
      const row = await this.store.find(tx, input.params.tag);
      if (row === undefined) throw new ApiError('LANE_UNKNOWN');
      return laneView(row, await this.store.listEntries(tx));
    });
  }

  /**
   * Creates or replaces a lane.
   * @throws ApiError SERVICE_UNKNOWN, VERSION_UNKNOWN, VERSION_RETIRED, MOVE_REFUSED, VALIDATION_FAILED; LANE_REFERENCED
   * with the rules of services that a strict lane would refuse; PRECONDITION_FAILED with the lane as it is (`"0"` is the tag of none)
   */
  put({ caller, input, ifMatch }: Called<Ops['putLane']>) {
    const { tag } = input.params;
    const { reason, override, name = tag, mode, versions } = input.body;
    const entry = input.body.entry as LaneState['entry'];
    assertConditions([{ condition: entry?.when, path: 'body.entry.when' }]);
    return this.changes.commit({ kind: 'lane.put', actor: actorOf(caller), reason }, async (tx) => {
      const before = await this.store.lock(tx, tag);
      const entries = await this.store.listEntries(tx);
      assertMatch(ifMatch, before === undefined ? { etag: NOTHING } : laneView(before, entries));
      const wanted: LaneState = { name, mode, versions, entry };
      if (before !== undefined && changedFields(laneState(before), wanted) === undefined)
        return { items: [], answer: () => laneView(before, entries) };
      assertServed(tag, wanted, entries);
      const targets = versions.map(({ serviceId, version }) => ({ serviceId, targetVersion: version }));
      await this.targets.assertTargets(tx, targets, true);
      const context = { caller, override, isHeld: true };
      await this.guards.assertAllowed(tx, movesOfLane(before?.record, wanted), context);
      const row = await this.store.put(tx, tag, name, laneRecordOf(tag, wanted));
      return {
        items: [itemOf(tag, before && laneState(before), laneState(row))],
        answer: () => laneView(row, entries),
      };
    });
  }

  /** @throws ApiError LANE_UNKNOWN, LANE_REFERENCED with the rules that lead into it, MOVE_REFUSED, PRECONDITION_FAILED */
  async delete({ caller, input, ifMatch }: Called<Ops['deleteLane']>): Promise<void> {
    const { tag } = input.params;
    await this.changes.commit({ kind: 'lane.deleted', actor: actorOf(caller) }, async (tx) => {
      const row = await this.store.lock(tx, tag);
      if (row === undefined) throw new ApiError('LANE_UNKNOWN');
      const view = laneView(row, await this.store.listEntries(tx));
      assertMatch(ifMatch, view);
      if (view.enteredBy.length > 0)
        throw new ApiError('LANE_REFERENCED', {
          references: view.enteredBy.map(({ serviceId, ruleId }) => ({ kind: 'rule', serviceId, ruleId })),
        });
      const context = { caller, override: overrideOf(input.query), isHeld: true };
      await this.guards.assertAllowed(tx, movesOfLane(row.record, undefined), context);
      await this.store.delete(tx, tag);
      return { items: [itemOf(tag, laneState(row), undefined)], answer: () => undefined };
    });
  }
}

function itemOf(tag: string, before: LaneState | undefined, after: LaneState | undefined): ItemDraft {
  return {
    entity: 'lane',
    tenantId: null,
    serviceId: null,
    key: tag,
    before: before === undefined ? null : { ...before },
    after: after === undefined ? null : { ...after },
  };
}
