import { Injectable } from '@nestjs/common';
import { type LaneState, laneRecordOf } from '../changes/delta-of-items.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { draftOf } from '../changes/reverts/restored-item.ts';
import type { RestoreContext, Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { TargetCheck } from '../services/check-targets.ts';
import { assertServed } from './assert-served.ts';
import { laneState } from './lane-view.ts';
import { LanesStore } from './lanes.store.ts';
import { movesOfLane } from './moves-of-lane.ts';

/** Lanes, also ones that are gone. */
@Injectable()
export class LaneRestorer implements Restorer {
  constructor(
    private readonly store: LanesStore,
    private readonly targets: TargetCheck,
    private readonly guards: VersionGuards,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'lane';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : { ...laneState(row) };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State, context: RestoreContext): Promise<ItemDraft[]> {
    const { caller, override } = context;
    const before = (now as unknown as LaneState | null) ?? undefined;
    const allow = (after: LaneState | undefined) =>
      this.guards.assertAllowed(tx, movesOfLane(before, after), { caller, override, isHeld: true });
    if (to === null) {
      const entries = (await this.store.listEntries(tx)).filter(({ tag }) => tag === wish.key);
      if (entries.length > 0)
        throw new ApiError('LANE_REFERENCED', {
          detail: `Rule ${entries[0]?.ruleId} of ${entries[0]?.serviceId} leads into it.`,
        });
      await allow(undefined);
      await this.store.delete(tx, wish.key);
      return [draftOf(wish, now, null)];
    }
    const wanted = to as unknown as LaneState;
    assertServed(wish.key, wanted, await this.store.listEntries(tx));
    const targets = wanted.versions.map(({ serviceId, version }) => ({ serviceId, targetVersion: version }));
    await this.targets.assertTargets(tx, targets, true);
    await allow(wanted);
    const row = await this.store.put(tx, wish.key, wanted.name, laneRecordOf(wish.key, wanted));
    return [draftOf(wish, now, { ...laneState(row) })];
  }
}
