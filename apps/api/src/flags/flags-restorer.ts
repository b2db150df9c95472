import type { FlagRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import { draftOf } from '../changes/reverts/restored-item.ts';
import type { Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { FlagsStore } from './flags.store.ts';

/** The flags of a version, as a whole. */
@Injectable()
export class FlagsRestorer implements Restorer {
  constructor(
    private readonly store: FlagsStore,
    private readonly services: ServiceRecords,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'flags';
  }

  async lock(tx: Transaction, { serviceId, key }: Wish): Promise<State> {
    await this.services.lock(tx, serviceId as string);
    const row = await this.store.find(tx, serviceId as string, labelOf(serviceId, key));
    return row === undefined ? null : { flags: row.flags };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State): Promise<ItemDraft[]> {
    if (now === null || to === null) throw new ApiError('VERSION_UNKNOWN');
    const label = labelOf(wish.serviceId, wish.key);
    await this.store.write(tx, wish.serviceId as string, label, to['flags'] as FlagRecord[]);
    return [draftOf(wish, now, to)];
  }
}

/** The label in a key `service/version`. */
function labelOf(serviceId: string | null, key: string): string {
  return key.slice((serviceId ?? '').length + 1);
}
