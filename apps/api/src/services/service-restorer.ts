import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { draftOf, refuse } from '../changes/reverts/restored-item.ts';
import type { RestoreContext, Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assignDefaults, ownedDefaultsOf } from './assign-defaults.ts';
import { movesOfDefault, movesOfFallback } from './moves-of-default.ts';
import { ServiceRecords } from './service-records.ts';
import { serviceState } from './service-view.ts';
import { type ServiceFields, ServicesStore } from './services.store.ts';

/** Fields of a service; its rules and experiments go back by themselves. */
@Injectable()
export class ServiceRestorer implements Restorer {
  constructor(
    private readonly store: ServicesStore,
    private readonly records: ServiceRecords,
    private readonly guards: VersionGuards,
  ) {}

  isFor({ entity, part }: Wish): boolean {
    return entity === 'service' && part === '';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : { ...serviceState(row) };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State, context: RestoreContext): Promise<ItemDraft[]> {
    if (now === null || to === null) return refuse('A service is neither deleted nor made anew by a revert.');
    const { defaultVersions, ...fields } = to as unknown as ServiceFields;
    const labels = [...defaultVersions.map((one) => one.version), fields.fallbackVersion ?? []].flat();
    await this.records.holdVersions(tx, wish.key, [...new Set(labels)]);
    const before = now as unknown as ServiceFields;
    const moves = [
      ...movesOfDefault(wish.key, before, { defaultVersions }),
      ...movesOfFallback(wish.key, before, fields),
    ];
    await this.guards.assertAllowed(tx, moves, {
      caller: context.caller,
      override: context.override,
      isHeld: true,
    });
    const row = await this.store.findIn(tx, wish.key);
    if (row === undefined) throw new ApiError('SERVICE_UNKNOWN');
    const owned = assignDefaults(ownedDefaultsOf(row), defaultVersions);
    const updated = await this.store.update(tx, wish.key, { ...fields, defaultVersions: owned });
    return [draftOf(wish, now, { ...serviceState(updated) })];
  }
}
