import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { draftOf, refuse } from '../changes/reverts/restored-item.ts';
import type { Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { versionState } from './service-view.ts';
import { ServicesStore } from './services.store.ts';
import { VersionStatuses } from './version-statuses.service.ts';
import { type VersionFields, VersionsStore } from './versions.store.ts';

/** Fields of a version. One that is to be retired again must be out of use, as when it was retired first. */
@Injectable()
export class VersionRestorer implements Restorer {
  constructor(
    private readonly store: VersionsStore,
    private readonly services: ServicesStore,
    private readonly statuses: VersionStatuses,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'version';
  }

  async lock(tx: Transaction, { serviceId, key }: Wish): Promise<State> {
    await this.services.lock(tx, serviceId as string);
    const row = await this.store.lock(tx, serviceId as string, labelOf(serviceId, key));
    return row === undefined ? null : versionState(row);
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State): Promise<ItemDraft[]> {
    if (now === null || to === null)
      return refuse('A version is neither deleted nor made anew by a revert; retire it.');
    const { ordinal: _, ...fields } = to;
    const serviceId = wish.serviceId as string;
    const label = labelOf(serviceId, wish.key);
    if (now['status'] !== 'retired' && to['status'] === 'retired')
      await this.statuses.assertUnused(tx, serviceId, label);
    const outside = await this.store.findSchemaOutside(tx, serviceId, label, fields as unknown as VersionFields);
    if (outside !== undefined) return refuse(`The migrations of ${label} lead to schema ${outside}; put others first.`);
    const row = await this.store.update(tx, serviceId, label, fields as unknown as VersionFields);
    return [draftOf(wish, now, versionState(row))];
  }
}

/** The label in a key `service/version`. */
function labelOf(serviceId: string | null, key: string): string {
  return key.slice((serviceId ?? '').length + 1);
}
