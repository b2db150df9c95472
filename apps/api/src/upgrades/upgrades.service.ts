import type { operations, Upgrade } from '@grey/contracts';
import { settleMigration, tenantDatabaseAt, UpgradeError } from '@grey/schema-upgrades';
import { assertTenant, type Caller, mayActFor } from '../access/caller.ts';
import { actorOf, type ChangesService, type Work } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { isDuplicate } from '../infra/db/database-errors.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { TenantAccess } from '../schema-checks/tenant-access.ts';
import type { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { TAKE_CONTRACT_BACK } from './steps/contract.step.ts';
import type { SchemaWays } from './steps/schema-way.service.ts';
import type { UpgradeListsStore } from './upgrade-lists.store.ts';
import { advance, isEnded, type UpgradeEventKind } from './upgrade-machine.ts';
import type { UpgradeRow } from './upgrade-row.ts';
import { summaryOf, upgradeView } from './upgrade-view.ts';
import type { Decided, UpgradesStore } from './upgrades.store.ts';
import { itemOfUpgrade, type Upgrades } from './upgrades.ts';

type Ops = typeof operations;

export interface UpgradesServiceParts {
  readonly store: UpgradesStore;
  readonly lists: UpgradeListsStore;
  readonly changes: ChangesService;
  readonly upgrades: Upgrades;
  readonly ways: Pick<SchemaWays, 'read'>;
  readonly access: Pick<TenantAccess, 'at'>;
  readonly schemas: Pick<TenantSchemas, 'read' | 'write'>;
}

/** Upgrades as they stand, and what somebody may want of one. The tenant of the caller is checked on each. */
export class UpgradesService {
  readonly #parts: UpgradesServiceParts;

  constructor(parts: UpgradesServiceParts) {
    this.#parts = parts;
  }

  /** Of the caller's tenants. @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN */
  async list({ caller, input }: Called<Ops['listUpgrades']>) {
    const { limit, cursor, order, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['upgrades', order, filter];
    const last = readCursor(scope, cursor, ['count', 'count']);
    const after = last && { rank: Number(last[0]), seq: Number(last[1]) };
    const rows = await this.#parts.lists.list(filter, caller.tenantIds, order === 'failures', after, limit + 1);
    return pageOfRows(rows, limit, scope, (row) => [row.rank, row.seq], summaryOf);
  }

  /** @throws ApiError UPGRADE_UNKNOWN, also for another's tenant */
  get({ caller, input }: Called<Ops['getUpgrade']>): Promise<Upgrade> {
    return this.#parts.store.consistentRead(async (tx) =>
      this.show(tx, mine(caller, await this.#parts.store.find(tx, input.params.upgradeId))),
    );
  }

  async show(tx: Transaction, row: UpgradeRow): Promise<Upgrade> {
    return upgradeView(row, await this.#parts.store.changeIds(tx, row.changeKeys));
  }

  /** Again where it is on its way back already. @throws ApiError UPGRADE_UNKNOWN, UPGRADE_STATE, POINT_OF_NO_RETURN */
  cancel({ caller, input }: Called<Ops['cancelUpgrade']>): Promise<Upgrade> {
    const { reason = null } = input.body;
    return this.#decide(caller, input.params.upgradeId, 'abort', (row, at) => ({
      abort: row.abort ?? { by: actorOf(caller), at, reason },
    }));
  }

  /** @throws ApiError UPGRADE_UNKNOWN, UPGRADE_STATE; UPGRADE_RUNNING when another one has begun since */
  retry({ caller, input }: Called<Ops['retryUpgrade']>): Promise<Upgrade> {
    return this.#decide(caller, input.params.upgradeId, 'retry', (row) =>
      isEnded(row.state) ? FRESH : { notes: { ...row.notes, retries: 0 } },
    );
  }

  /**
   * What stood for an operator stays as it is, and is no longer marked: nobody takes anything away from the schema any more,
   * so that routers which are cut off may go on by the interval that is recorded. That is true wherever it stood: it was
   * narrowed before anything was taken down, and widened only after all had been added.
   *
   * @throws ApiError UPGRADE_UNKNOWN, UPGRADE_STATE, POINT_OF_NO_RETURN
   */
  async skip({ caller, input }: Called<Ops['skipUpgrade']>): Promise<Upgrade> {
    const { reason = null } = input.body;
    const by = actorOf(caller);
    const request = { kind: 'upgrade.ended', actor: by, reason: reason ?? undefined } as const;
    const skip = (row: UpgradeRow, at: string) => ({ abort: row.abort ?? { by, at, reason } });
    const answer = await this.#parts.changes.commit<Upgrade>(request, async (tx, changeKey) => {
      const { before, after } = await this.#apply(tx, caller, input.params.upgradeId, 'skip', skip);
      const wasStuck = before.state === 'needs_operator';
      const items = wasStuck ? [itemOfUpgrade(after, { state: before.state }, { state: after.state })] : [];
      if (wasStuck) {
        items.push(...(await this.#unmark(tx, after)));
        await this.#parts.store.noteChange(tx, after.id, changeKey);
      }
      return this.#shown(await this.show(tx, after), items);
    });
    this.#parts.upgrades.nudge();
    const view = answer as Upgrade;
    if (isEnded(view.state)) this.#parts.upgrades.tellEnded(view);
    return view;
  }

  /** @throws ApiError UPGRADE_UNKNOWN, UPGRADE_STATE */
  async confirm({ caller, input }: Called<Ops['confirmContract']>): Promise<Upgrade> {
    const { reason, forgetRouters } = input.body;
    const request = { kind: 'upgrade.confirmed', actor: actorOf(caller), reason } as const;
    const answer = await this.#parts.changes.commit<Upgrade>(request, async (tx, changeKey) => {
      const by = actorOf(caller);
      const confirm = (_row: UpgradeRow, at: string) => ({ confirmation: { by, at, reason, forgetRouters } });
      const { before, after } = await this.#apply(tx, caller, input.params.upgradeId, 'confirm', confirm);
      await this.#parts.store.noteChange(tx, after.id, changeKey);
      const item = itemOfUpgrade(
        after,
        { state: before.state, awaits: before.awaits },
        { state: after.state, forgetRouters },
      );
      return this.#shown(await this.show(tx, after), [item]);
    });
    this.#parts.upgrades.nudge();
    return answer as Upgrade;
  }

  /**
   * Writes into the tenant's ledger what somebody found a migration to be, and goes on, or back.
   * @throws ApiError UPGRADE_UNKNOWN, UPGRADE_STATE, TENANT_DATABASE_UNAVAILABLE
   */
  async settle({ caller, input }: Called<Ops['settleUpgrade']>): Promise<Upgrade> {
    const { migration: name, is, onwards, reason } = input.body;
    const { upgradeId } = input.params;
    const { row, way } = await this.#parts.store.consistentRead(async (tx) => {
      const found = mine(caller, await this.#parts.store.find(tx, upgradeId));
      return { row: found, way: await this.#parts.ways.read(tx, found) };
    });
    if (row.state !== 'needs_operator') throw refusal(row, 'settle: go on');
    const migration = way.sets.flatMap((set) => set.migrations).find((one) => one.name === name);
    if (migration === undefined) throw stateError(`Migration ${name} is not one of this upgrade.`);
    const { tenantId, serviceId } = row;
    const by = `${caller.name}: ${reason}`;
    try {
      await this.#parts.access.at(tenantId, serviceId, AbortSignal.timeout(SETTLE_MS), (address) =>
        settleMigration({ database: tenantDatabaseAt(address), tenantId, serviceId, migration, state: is, by }),
      );
    } catch (error) {
      if (!(error instanceof UpgradeError)) throw error;
      if (error.code === 'PLAN_INVALID') throw stateError(error.message);
      throw new ApiError('TENANT_DATABASE_UNAVAILABLE', { detail: `${error.code}: ${error.message}` });
    }
    const event = onwards === 'go-on' ? 'settle: go on' : 'settle: take back';
    return this.#decide(caller, upgradeId, event, (now, at) => ({
      notes: {
        ...now.notes,
        retries: 0,
        ...(onwards === 'take-back' && now.isPastReturn ? { [TAKE_CONTRACT_BACK]: true } : {}),
      },
      ...(onwards === 'take-back' ? { abort: { by: actorOf(caller), at, reason } } : {}),
    }));
  }

  /** The answer to what writes a change: the change that is being written is not in the log yet. */
  #shown(view: Upgrade, items: ItemDraft[]): Work<Upgrade> {
    const idsWith = (changeId: string | null) => [...view.changeIds, ...(changeId === null ? [] : [changeId])];
    return { items, answer: ({ changeId }) => ({ ...view, changeIds: idsWith(changeId) }) };
  }

  async #unmark(tx: Transaction, { tenantId, serviceId }: UpgradeRow): Promise<ItemDraft[]> {
    const cell = await this.#parts.schemas.read(tx, tenantId, serviceId);
    return cell === null ? [] : this.#parts.schemas.write(tx, [{ ...cell, isMigrating: false }]);
  }

  async #decide(caller: Caller, id: string, kind: UpgradeEventKind, more: More): Promise<Upgrade> {
    try {
      const { view, after } = await this.#parts.store.transaction(async (tx) => {
        const { after } = await this.#apply(tx, caller, id, kind, more);
        return { after, view: await this.show(tx, after) };
      });
      this.#parts.upgrades.nudge();
      if (isEnded(after.state)) this.#parts.upgrades.tellEnded(after);
      return view;
    } catch (error) {
      if (isDuplicate(error)) throw new ApiError('UPGRADE_RUNNING');
      throw error;
    }
  }

  async #apply(tx: Transaction, caller: Caller, id: string, kind: UpgradeEventKind, more: More) {
    const before = mine(caller, await this.#parts.store.lock(tx, id));
    const at = new Date().toISOString();
    const next = advance(before, { kind, at });
    if (next === undefined) throw refusal(before, kind);
    await this.#parts.store.decideMany(tx, [{ id, to: { ...next, ...more(before, at), isDue: true } }]);
    return { before, after: (await this.#parts.store.find(tx, id)) as UpgradeRow };
  }
}

type More = (row: UpgradeRow, at: string) => Partial<Decided['to']>;

const SETTLE_MS = 40_000;
/** From the beginning: what an earlier try noted is not true of the next one. */
const FRESH = { notes: {}, failure: 'none', abort: 'none', confirmation: 'none' } as const;

/** @throws ApiError UPGRADE_UNKNOWN, also for another's tenant */
export function mine(caller: Caller, row: UpgradeRow | undefined): UpgradeRow {
  if (row === undefined || !mayActFor(caller, row.tenantId)) throw new ApiError('UPGRADE_UNKNOWN');
  return row;
}

function refusal(row: UpgradeRow, kind: UpgradeEventKind): ApiError {
  if (row.isPastReturn && !isEnded(row.state) && (kind === 'abort' || kind === 'skip'))
    return new ApiError('POINT_OF_NO_RETURN');
  if (row.isPastReturn && row.state === 'skipped')
    return stateError(
      'It was skipped after contract had begun: finish what its ledger shows by hand, or restore a backup.',
    );
  return stateError(`The upgrade is ${row.state}${row.awaits === null ? '' : `, awaiting ${row.awaits}`}.`);
}

function stateError(detail: string): ApiError {
  return new ApiError('UPGRADE_STATE', { detail });
}
