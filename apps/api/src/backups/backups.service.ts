import { setTimeout as sleep } from 'node:timers/promises';
import type { Backup, BackupRestore, operations, Position, TenantSchemaState } from '@grey/contracts';
import { type RestoreReport, restoreBackup, UpgradeError } from '@grey/schema-upgrades';
import { assertTenant, type Caller } from '../access/caller.ts';
import { actorOf, type ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import type { SchemaChecks } from '../schema-checks/schema-checks.ts';
import type { TenantAccess } from '../schema-checks/tenant-access.ts';
import type { ServiceRecords } from '../services/service-records.ts';
import type { Fence } from '../tenant-schemas/fence.ts';
import type { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { type BackupRow, backupView } from './backup-row.ts';
import { BEFORE_ANYTHING, inWords } from './backup-words.ts';
import type { BackupsStore } from './backups.store.ts';
import type { Backups } from './backups.ts';
import { bridgeSchemas } from './bridge-schemas.ts';
import { restoreLockOf } from './restore-lock.ts';

type Ops = typeof operations;
/** How long routers may take to learn what the schema will serve, and how often they are asked; milliseconds. */
const ROUTERS_MS = 60_000;
const LOOK_AGAIN_MS = 100;
/** Way in and waiting for a turn at the server, and all the work there; milliseconds. */
const RESTORE_MS = 3_600_000;
export interface BackupParts {
  readonly store: BackupsStore;
  readonly backups: Backups;
  readonly access: TenantAccess;
  readonly changes: ChangesService;
  readonly schemas: TenantSchemas;
  readonly fence: Fence;
  readonly checks: SchemaChecks;
  readonly services: Pick<ServiceRecords, 'read'>;
  readonly lock: Pick<AdvisoryLock, 'tryRun'>;
}

/** What an operator does with backups. */
export class BackupsService {
  readonly #parts: BackupParts;

  constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  /** @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN */
  async list({ caller, input }: Called<Ops['listBackups']>) {
    const { limit, cursor, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['backups', filter];
    const last = readCursor(scope, cursor, ['text', 'text']);
    const before = last === undefined ? undefined : { createdAt: new Date(String(last[0])), id: String(last[1]) };
    if (before !== undefined && (Number.isNaN(before.createdAt.getTime()) || !/^[0-9a-f-]{36}$/.test(before.id)))
      throw new ApiError('CURSOR_INVALID');
    const rows = await this.#parts.store.list(filter, caller.tenantIds, before, limit + 1);
    return pageOfRows(rows, limit, scope, (row) => [row.createdAt.toISOString(), row.id], backupView);
  }

  /** @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, DATA_SOURCE_MISSING, TENANT_DATABASE_UNAVAILABLE, BACKUP_FAILED */
  async create({ caller, input }: Called<Ops['createBackup']>): Promise<Backup> {
    const { tenantId, serviceId } = input.params;
    const { hasTenant, hasService } = await this.#parts.store.readPlace(tenantId, serviceId);
    if (!hasTenant) throw new ApiError('TENANT_UNKNOWN');
    if (!hasService) throw new ApiError('SERVICE_UNKNOWN');
    try {
      return await this.#parts.backups.backUp({
        tenantId,
        serviceId,
        upgradeId: null,
        tables: input.body.tables ?? [],
        signal: AbortSignal.timeout(RESTORE_MS),
        requestedBy: actorOf(caller),
        reason: input.body.reason ?? null,
      });
    } catch (error) {
      throw inWords(error, 'BACKUP_FAILED');
    }
  }

  /**
   * Writes a backup back. Routers learn first: from then on no version is asked that only the present schema serves, nor one
   * that only the old one will.
   *
   * @throws ApiError BACKUP_UNKNOWN, BACKUP_NOT_USABLE, UPGRADE_RUNNING, ROUTERS_BEHIND, RESTORE_FAILED,
   * TENANT_DATABASE_UNAVAILABLE, VALIDATION_FAILED
   */
  async restore({ caller, input }: Called<Ops['restoreBackup']>): Promise<BackupRestore> {
    const row = await this.#parts.store.find(input.params.backupId);
    if (row === undefined || (caller.tenantIds !== null && !caller.tenantIds.has(row.tenantId)))
      throw new ApiError('BACKUP_UNKNOWN');
    const { confirm, reason } = input.body;
    if (confirm !== row.tenantId)
      throw new ApiError('VALIDATION_FAILED', {
        detail: 'body.confirm: must be the id of the tenant',
        errors: [{ path: 'body.confirm', message: 'must be the id of the tenant' }],
      });
    const file = await this.#parts.backups.fileOf(row);
    const done = await this.#parts.lock.tryRun(restoreLockOf(row), () => this.#restore(caller, row, file, reason));
    if (done === undefined) throw new ApiError('UPGRADE_RUNNING', { detail: 'Another restore of it is under way.' });
    return done.result;
  }

  /** Under the lock: an upgrade that begins from here on sees it and does not. */
  async #restore(caller: Caller, row: BackupRow, file: string, reason: string): Promise<BackupRestore> {
    const { store, changes } = this.#parts;
    if ((await store.findUpgrade(row.tenantId, row.serviceId)) !== undefined) throw new ApiError('UPGRADE_RUNNING');
    const actor = actorOf(caller);
    const before = await this.#narrow(row, actor, reason);
    let report: RestoreReport;
    try {
      const signal = AbortSignal.timeout(RESTORE_MS);
      report = await this.#parts.access.at(row.tenantId, row.serviceId, signal, (address) =>
        restoreBackup({ ...row, address, file, checksum: row.checksum ?? '', by: caller.name, signal }),
      );
    } catch (error) {
      // On PostgreSQL, and before anything was begun, all is as it was.
      const isUntouched =
        row.engine === 'postgres' || !(error instanceof UpgradeError) || BEFORE_ANYTHING.has(error.code);
      if (isUntouched) await this.#settle(row, before, actor, reason, 'backup.restoring').catch(() => undefined);
      throw inWords(error, 'RESTORE_FAILED', isUntouched);
    }
    const after = stateAfter(row);
    const answer = await changes.commit({ kind: 'backup.restored', actor, reason }, async (tx) => {
      await this.#parts.checks.baseline(row.tenantId, row.serviceId, report.expected, tx, { from: 'restore' });
      const done = await store.markRestored(tx, row.id);
      const items = await this.#write(tx, row, after);
      return { items: [itemOf(done, report), ...items], answer: () => backupView(done) };
    });
    await this.#parts.checks.look(row.tenantId, row.serviceId).catch(() => undefined);
    return {
      backup: answer as Backup,
      tables: report.tables.map((one) => ({ ...one })),
      state: after === null ? null : { ...after, updatedAt: new Date().toISOString() },
    };
  }

  /** Lets the schema serve only what it serves before and afterwards, and waits until all routers know. @returns what it served */
  async #narrow(row: BackupRow, actor: ReturnType<typeof actorOf>, reason: string): Promise<Served | null> {
    const { before, versions } = await this.#parts.store.consistentRead(async (tx) => ({
      before: await this.#parts.schemas.read(tx, row.tenantId, row.serviceId),
      versions: (await this.#parts.services.read(tx, row.serviceId)).versions,
    }));
    const after = stateAfter(row);
    if (before === null || after === null) return before;
    const bridge = { ...bridgeSchemas(before, after, versions), isMigrating: true };
    const position = await this.#settle(row, bridge, actor, reason, 'backup.restoring');
    const until = performance.now() + ROUTERS_MS;
    for (;;) {
      const look = await this.#parts.fence.look(position, { isLeaseEnough: true, forgotten: [] });
      if (look.isPassed) return before;
      if (performance.now() > until) {
        await this.#settle(row, before, actor, reason, 'backup.restoring');
        throw new ApiError('ROUTERS_BEHIND', { detail: `Not yet known to ${look.missing.slice(0, 20).join(', ')}.` });
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async #settle(
    row: BackupRow,
    state: Served | null,
    actor: ReturnType<typeof actorOf>,
    reason: string,
    kind: 'backup.restoring',
  ): Promise<Position> {
    return (await this.#parts.changes.commit({ kind, actor, reason }, async (tx) => ({
      items: await this.#write(tx, row, state),
      answer: ({ position }) => position,
    }))) as Position;
  }

  #write(tx: Transaction, { tenantId, serviceId }: BackupRow, state: Served | null): Promise<ItemDraft[]> {
    const cell = { tenantId, serviceId };
    if (state === null) return this.#parts.schemas.remove(tx, [cell]);
    const { schemaVersion, expandedTo, isMigrating } = state;
    return this.#parts.schemas.write(tx, [{ ...cell, schemaVersion, expandedTo, isMigrating }]);
  }
}

type Served = Omit<TenantSchemaState, 'updatedAt'>;

function stateAfter({ schemaVersion, expandedTo }: BackupRow): Served | null {
  if (schemaVersion === null) return null;
  return { schemaVersion, expandedTo: expandedTo ?? schemaVersion, isMigrating: false };
}

function itemOf(row: BackupRow, { tables, dropped, notRestored }: RestoreReport): ItemDraft {
  const { id, tenantId, serviceId, createdAt, checksum } = row;
  const after = { createdAt: createdAt.toISOString(), checksum, tables, dropped, notRestored };
  return { entity: 'backup', tenantId, serviceId, key: id, before: null, after };
}
