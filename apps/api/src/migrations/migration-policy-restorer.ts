import type { LintPolicy } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import type { Transaction } from '../infra/db/database.ts';
import { itemOfPolicy } from './migration-policy.service.ts';
import { MigrationPolicyStore } from './migration-policy.store.ts';

/** The policy goes back as a whole, or to the default. Sets do not: of their SQL the log keeps only sums. */
@Injectable()
export class MigrationPolicyRestorer implements Restorer {
  constructor(private readonly store: MigrationPolicyStore) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'migration_policy';
  }

  async lock(tx: Transaction): Promise<State> {
    const row = await this.store.lock(tx);
    return row === undefined ? null : { ...row.policy };
  }

  async write(tx: Transaction, _: Wish, now: State, to: State): Promise<ItemDraft[]> {
    const wanted = to as LintPolicy | null;
    if (wanted === null) await this.store.delete(tx);
    else await this.store.put(tx, wanted);
    return [itemOfPolicy(now as LintPolicy | null, wanted)];
  }
}
