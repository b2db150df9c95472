import type { Actor } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { RestoreContext, Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { type FreezeState, fieldsOf, itemOfFreeze, stateOf } from './freeze-row.ts';
import { FreezesStore } from './freezes.store.ts';

/** Freezes, also deleted ones, which come back under their id as made by who took the deletion back. */
@Injectable()
export class FreezeRestorer implements Restorer {
  constructor(private readonly store: FreezesStore) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'freeze';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    await this.store.lock(tx);
    const row = await this.store.find(tx, key);
    return row === undefined ? null : { ...stateOf(row) };
  }

  async write(tx: Transaction, { key }: Wish, now: State, to: State, { caller }: RestoreContext): Promise<ItemDraft[]> {
    const before = now as FreezeState | null;
    const wanted = to as FreezeState | null;
    if (wanted === null) await this.store.delete(tx, key);
    else {
      const createdBy: Actor = (await this.store.find(tx, key))?.createdBy ?? actorOf(caller);
      await this.store.put(tx, key, fieldsOf(wanted), createdBy);
    }
    return [itemOfFreeze(key, before, wanted)];
  }
}
