import type { Actor } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { advance } from './upgrade-machine.ts';
import type { Confirmation, NewUpgrade, UpgradeRow } from './upgrade-row.ts';
import type { UpgradesStore, WaveCounts } from './upgrades.store.ts';

/** An upgrade that has come to an end, or to a state that only a person can end. */
export interface EndedUpgrade {
  readonly id: string;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly state: UpgradeRow['state'];
  readonly batchId: string | null;
  readonly wave: number | null;
}

/** What became of a wish for many. */
export interface AskedFor {
  /** Ids for which it was granted. */
  readonly granted: readonly string[];
  /** Ids for which it was not: ended, or past the point of no return. */
  readonly refused: readonly string[];
}

/** For whoever starts, stops and watches upgrades: the API of single ones, batches, the emergency. */
export class Upgrades {
  readonly #store: UpgradesStore;
  readonly #nudge: () => void;
  readonly #listeners = new Set<(ended: EndedUpgrade) => void>();

  /** @param nudge makes the worker of this process look for work; called after a commit */
  constructor(store: UpgradesStore, nudge: () => void) {
    this.#store = store;
    this.#nudge = nudge;
  }

  /**
   * Writes one upgrade, which a worker begins once the transaction has committed.
   * @throws ApiError UPGRADE_RUNNING when another one of tenant and service has not ended
   */
  async start(tx: Transaction, draft: NewUpgrade): Promise<UpgradeRow> {
    const [row] = await this.#store.insert(tx, [draft]);
    if (row === undefined) throw new ApiError('UPGRADE_RUNNING');
    return row;
  }

  /**
   * Writes many in one statement, in their order; those of tenants with an upgrade under way are left out.
   * @param isHeld they wait until `hold` lets them go
   * @returns how many were written
   */
  startMany(tx: Transaction, drafts: readonly NewUpgrade[], isHeld = false): Promise<number> {
    return this.#store.insertMany(tx, drafts, isHeld);
  }

  /** Asks for the end of upgrades in whatever state they are; what they did is taken back. */
  async requestAbort(tx: Transaction, ids: readonly string[], reason: string | null, by: Actor): Promise<AskedFor> {
    const at = new Date().toISOString();
    return this.#eachOf(tx, ids, (row) => {
      const next = advance(row, { kind: 'abort', at });
      return next === undefined ? undefined : { ...next, abort: row.abort ?? { by, at, reason }, isDue: true };
    });
  }

  /**
   * Takes back upgrades that are done, as a wave over its budget does. Refused for those past the point of no return, and
   * for those after which their tenant was upgraded again.
   */
  async takeBack(tx: Transaction, ids: readonly string[], reason: string | null, by: Actor): Promise<AskedFor> {
    const at = new Date().toISOString();
    const latest = new Set(await this.#store.latestOf(tx, ids));
    return this.#eachOf(tx, ids, (row) => {
      const next = latest.has(row.id) ? advance(row, { kind: 'take back', at }) : undefined;
      return next === undefined ? undefined : { ...next, abort: { by, at, reason }, isDue: true };
    });
  }

  /** Lets contract begin for those that wait for it. */
  async confirm(tx: Transaction, ids: readonly string[], confirmation: Confirmation): Promise<AskedFor> {
    return this.#eachOf(tx, ids, (row) => {
      const next = advance(row, { kind: 'confirm', at: confirmation.at });
      return next === undefined ? undefined : { ...next, confirmation, isDue: true };
    });
  }

  /** Keeps those of a batch that have not begun from beginning, or lets them. */
  hold(tx: Transaction, batchId: string, wave: number | null, isHeld: boolean): Promise<number> {
    return this.#store.hold(tx, batchId, wave, isHeld);
  }

  /** Of a batch, by wave: how many are in which state, and how many ended within the last five minutes. */
  counts(tx: Transaction, batchId: string): Promise<readonly WaveCounts[]> {
    return this.#store.countByWave(tx, batchId);
  }

  /** Ids of a batch's upgrades in some states, in their order. */
  idsOf(
    tx: Transaction,
    batchId: string,
    filter: {
      readonly wave?: number;
      readonly states?: readonly UpgradeRow['state'][];
      readonly awaits?: UpgradeRow['awaits'];
    },
  ): Promise<string[]> {
    return this.#store.idsOf(tx, batchId, filter);
  }

  /** The upgrade of a tenant in a service that has not ended. */
  findActive(tx: Transaction, tenantId: string, serviceId: string): Promise<UpgradeRow | undefined> {
    return this.#store.findActive(tx, tenantId, serviceId);
  }

  /** Upgrades that have not ended and lead tenants to a version, or from any version of the service when it is null. */
  listActive(tx: Transaction, serviceId: string, toVersion: string | null): Promise<readonly UpgradeRow[]> {
    return this.#store.listActive(tx, serviceId, toVersion);
  }

  /**
   * Called after the commit of whatever ended in this process. Other replicas end upgrades too: who has to know of all looks
   * at `counts` now and then.
   */
  onEnded(listener: (ended: EndedUpgrade) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks for work now instead of at the next turn; to be called after a commit. */
  nudge(): void {
    this.#nudge();
  }

  /** For the worker. */
  tellEnded(ended: EndedUpgrade): void {
    for (const listener of this.#listeners) listener(ended);
  }

  async #eachOf(
    tx: Transaction,
    ids: readonly string[],
    decide: (row: UpgradeRow) => Parameters<UpgradesStore['decideMany']>[1][number]['to'] | undefined,
  ): Promise<AskedFor> {
    const rows = await this.#store.lockMany(tx, ids);
    const decided = rows.flatMap((row) => {
      const to = decide(row);
      return to === undefined ? [] : [{ id: row.id, to }];
    });
    await this.#store.decideMany(tx, decided);
    return askedFor(
      ids,
      decided.map(({ id }) => id),
    );
  }
}

function askedFor(ids: readonly string[], granted: readonly string[]): AskedFor {
  const isGranted = new Set(granted);
  return { granted, refused: ids.filter((id) => !isGranted.has(id)) };
}

/** An upgrade as the log keeps it. */
export function itemOfUpgrade(row: UpgradeRow, before: object | null, after: object | null): ItemDraft {
  return {
    entity: 'upgrade',
    tenantId: row.tenantId,
    serviceId: row.serviceId,
    key: row.id,
    before,
    after,
  } as ItemDraft;
}
