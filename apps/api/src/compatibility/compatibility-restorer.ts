import type { VersionCompatibility } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { CompatibilityStore } from './compatibility.store.ts';

/** What is said of a service goes back as a whole. The names in it are still there: versions and services are never removed. */
@Injectable()
export class CompatibilityRestorer implements Restorer {
  constructor(
    private readonly store: CompatibilityStore,
    private readonly services: ServiceRecords,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'compatibility';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    await this.services.lock(tx, key);
    const row = await this.store.find(tx, key);
    return row === undefined ? null : { versions: row.versions };
  }

  async write(tx: Transaction, { key }: Wish, now: State, to: State): Promise<ItemDraft[]> {
    const wanted = (to?.versions ?? []) as readonly VersionCompatibility[];
    const { versions } = await this.store.put(tx, key, wanted);
    return [
      { entity: 'compatibility', tenantId: null, serviceId: key, key, before: now, after: { versions: [...versions] } },
    ];
  }
}
