import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Actor, Backup } from '@grey/contracts';
import { backUp, UpgradeError } from '@grey/schema-upgrades';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { TenantAccess } from '../schema-checks/tenant-access.ts';
import { type BackupRow, backupView } from './backup-row.ts';
import type { BackupsStore } from './backups.store.ts';

/** A writer says so often that it is alive, in milliseconds. */
const TOUCH_MS = 30_000;
const SYSTEM: Actor = { kind: 'system', id: 'upgrades', name: 'Upgrades' };

export interface BackupWish {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly upgradeId: string | null;
  /** Empty: all of the schema. Those that do not exist are remembered as such. */
  readonly tables: readonly string[];
  /** What the schema serves as it is; default: as it is recorded. A fence has raised that already. */
  readonly serves?: { readonly schemaVersion: number; readonly expandedTo: number } | undefined;
  readonly signal: AbortSignal;
  readonly requestedBy?: Actor;
  readonly reason?: string | null;
}

export interface BackupSettings {
  /** Where files go; made when it is not there. */
  readonly folder: string;
  readonly keepDays: number;
}

/** Makes backups of what tenants' databases hold. */
export class Backups {
  readonly #store: BackupsStore;
  readonly #access: TenantAccess;
  readonly #settings: BackupSettings;

  constructor(store: BackupsStore, access: TenantAccess, settings: BackupSettings) {
    this.#store = store;
    this.#access = access;
    this.#settings = settings;
  }

  get folder(): string {
    return this.#settings.folder;
  }

  /** Complete ones of a cell that have not expired, the newest first. */
  usable(tx: Transaction, tenantId: string, serviceId: string): Promise<readonly BackupRow[]> {
    return this.#store.listUsable(tx, tenantId, serviceId);
  }

  /**
   * The whole path of the file of a backup.
   * @throws ApiError BACKUP_NOT_USABLE when there is none, or not here
   */
  async fileOf({ state, place, host }: BackupRow): Promise<string> {
    if (state !== 'done' || place === null)
      throw new ApiError('BACKUP_NOT_USABLE', { detail: `The backup is ${state}.` });
    const file = path.join(this.#settings.folder, place);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
    const detail = `The file is not below the folder for backups here; ${host} wrote it.`;
    throw new ApiError('BACKUP_NOT_USABLE', { detail });
  }

  /**
   * Writes a file with what the tables hold and how they are made. Whatever happens, there is a whole file or none.
   *
   * @throws UpgradeError BACKUP_FAILED with what went wrong in a sentence; the row says so too
   * @throws ApiError DATA_SOURCE_MISSING, MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN, DATABASE_UNAVAILABLE
   */
  async backUp(wish: BackupWish): Promise<Backup> {
    const { tenantId, serviceId, tables, signal } = wish;
    const { engine } = await this.#store.readPlace(tenantId, serviceId);
    if (engine === null) throw new ApiError('DATA_SOURCE_MISSING');
    const state = wish.serves ?? (await this.#store.readState(tenantId, serviceId));
    const id = randomUUID();
    await this.#store.begin({
      id,
      tenantId,
      serviceId,
      upgradeId: wish.upgradeId,
      engine,
      tables,
      host: hostname(),
      schemaVersion: state?.schemaVersion ?? null,
      expandedTo: state?.expandedTo ?? null,
      requestedBy: wish.requestedBy ?? SYSTEM,
      reason: wish.reason ?? null,
    });
    const alive = setInterval(() => void this.#store.touch(id).catch(() => undefined), TOUCH_MS);
    try {
      const place = placeOf({ tenantId, serviceId, id });
      const file = path.join(this.#settings.folder, place);
      const written = await this.#access.at(tenantId, serviceId, signal, (address) =>
        backUp({ address, tenantId, serviceId, tables, file, signal }),
      );
      return backupView(await this.#store.finish(id, { ...written, place, keepDays: this.#settings.keepDays }));
    } catch (error) {
      const failure = failureOf(error);
      await this.#store.fail(id, failure.message).catch(() => undefined);
      throw failure;
    } finally {
      clearInterval(alive);
    }
  }
}

/** Names of tenants and services fit file names; the id keeps them apart where a file system folds case. */
function placeOf({ tenantId, serviceId, id }: Pick<BackupRow, 'tenantId' | 'serviceId' | 'id'>): string {
  return path.join(encodeURIComponent(tenantId), `${encodeURIComponent(serviceId)}-${id}.sql.gz`);
}

function failureOf(error: unknown): Error {
  if (error instanceof ApiError) return error;
  if (error instanceof UpgradeError) {
    if (error.code === 'BACKUP_FAILED') return error;
    const message = `The backup could not be made: ${error.message}`;
    return new UpgradeError('BACKUP_FAILED', message, { serverCode: error.serverCode, cause: error });
  }
  return new UpgradeError('BACKUP_FAILED', `The backup could not be made: ${(error as Error).message}`, {
    cause: error,
  });
}
