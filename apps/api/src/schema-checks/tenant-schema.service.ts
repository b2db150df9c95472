import type { operations, TenantSchema } from '@grey/contracts';
import type { MigrationSet } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { assertTenant } from '../access/caller.ts';
import { actorOf, ChangesService } from '../changes/changes.service.ts';
import { Horizons } from '../horizon/horizons.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import type { KeptLedgerRow } from './schema-check-row.ts';
import { type CellKey, SchemaChecksStore } from './schema-checks.store.ts';
import { SchemaChecks } from './schema-checks.ts';
import { type ListedCell, SchemaListsStore } from './schema-lists.store.ts';

type Ops = typeof operations;

/** All that is known of the schemas of tenants, for operators. */
@Injectable()
export class TenantSchemaService {
  constructor(
    private readonly store: SchemaChecksStore,
    private readonly lists: SchemaListsStore,
    private readonly checks: SchemaChecks,
    private readonly sets: MigrationSets,
    private readonly horizons: Horizons,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError CURSOR_INVALID, TENANT_FORBIDDEN */
  async list({ caller, input }: Called<Ops['listTenantSchemas']>) {
    const { limit, cursor, ...filter } = input.query;
    if (filter.tenantId !== undefined) assertTenant(caller, filter.tenantId);
    const scope = ['tenant-schemas', filter];
    const last = readCursor(scope, cursor, ['text', 'text']);
    const after = last === undefined ? undefined : { tenantId: String(last[0]), serviceId: String(last[1]) };
    const rows = await this.lists.list(filter, caller.tenantIds, after, limit + 1);
    return pageOfRows(rows, limit, scope, (row) => [row.tenantId, row.serviceId], rowView);
  }

  /** @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN */
  get({ input }: Called<Ops['getTenantSchema']>): Promise<TenantSchema> {
    return this.store.consistentRead((tx) => this.#read(tx, input.params));
  }

  /** @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, DATA_SOURCE_MISSING, MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN */
  async check({ input }: Called<Ops['checkTenantSchema']>): Promise<TenantSchema> {
    const { tenantId, serviceId } = input.params;
    await this.store.consistentRead((tx) => this.#assertThere(tx, input.params));
    await this.checks.look(tenantId, serviceId);
    return this.store.consistentRead((tx) => this.#read(tx, input.params));
  }

  /**
   * Takes drift for what should be, as long as it is that which the caller saw.
   * @throws ApiError TENANT_UNKNOWN, SERVICE_UNKNOWN, DATA_SOURCE_MISSING, DRIFT_CHANGED
   */
  async accept({ caller, input }: Called<Ops['acceptDrift']>): Promise<TenantSchema> {
    const { digest, reason } = input.body;
    const cell = input.params;
    const actor = actorOf(caller);
    await this.changes.commit({ kind: 'tenant_schema.accepted', actor, reason }, async (tx) => {
      const { dataSourceId } = await this.#assertThere(tx, cell);
      if (dataSourceId === null) throw new ApiError('DATA_SOURCE_MISSING');
      const row = await this.store.lock(tx, cell);
      if (row.digest !== digest || row.drift === 'unknown') throw new ApiError('DRIFT_CHANGED');
      if (row.drift !== 'drifted') return { items: [], answer: () => undefined };
      const before = await this.checks.driftOf(tx, cell.tenantId, cell.serviceId);
      await this.store.writeAccepted(tx, cell, digest, actor.name, reason);
      const { added, removed, changed, ledger } = before;
      const item = {
        entity: 'schema_drift' as const,
        tenantId: cell.tenantId,
        serviceId: cell.serviceId,
        key: `${cell.tenantId}/${cell.serviceId}`,
        before: { state: 'drifted', digest: null },
        after: { state: 'accepted', digest, added, removed, changed, ledger },
      };
      return { items: [item], answer: () => undefined };
    });
    return this.store.consistentRead((tx) => this.#read(tx, cell));
  }

  async #assertThere(tx: Transaction, cell: CellKey) {
    const place = await this.store.readPlace(tx, cell);
    if (!place.hasTenant) throw new ApiError('TENANT_UNKNOWN');
    if (!place.hasService) throw new ApiError('SERVICE_UNKNOWN');
    return place;
  }

  async #read(tx: Transaction, cell: CellKey): Promise<TenantSchema> {
    const { tenantId, serviceId } = cell;
    const { dataSourceId, engine } = await this.#assertThere(tx, cell);
    const { ledger } = await this.checks.ledgerOf(tx, tenantId, serviceId);
    const sets = engine === null ? [] : await this.sets.all(tx, serviceId, engine);
    const state = await this.store.readState(tx, cell);
    return {
      tenantId,
      serviceId,
      dataSourceId,
      engine,
      state: state === undefined ? null : { ...state, updatedAt: state.updatedAt.toISOString() },
      drift: await this.checks.driftOf(tx, tenantId, serviceId),
      ledger: withVersions(ledger, sets),
      pending: pendingOf(ledger, sets, state?.schemaVersion ?? 0),
      upgradeId: await this.store.findUpgrade(tx, cell),
      horizon: await this.horizons.read(tx, tenantId, serviceId),
    };
  }
}

function withVersions(ledger: readonly KeptLedgerRow[], sets: readonly MigrationSet[]): TenantSchema['ledger'] {
  const versions = new Map(sets.flatMap((set) => set.migrations.map(({ name }) => [name, set.version] as const)));
  return ledger.map((row) => ({ ...row, version: versions.get(row.name) ?? null }));
}

/** What the sets above the schema bring that the ledger does not show in place. */
function pendingOf(
  ledger: readonly KeptLedgerRow[],
  sets: readonly MigrationSet[],
  schemaVersion: number,
): TenantSchema['pending'] {
  const applied = new Set(ledger.filter(({ state }) => state === 'applied').map(({ name }) => name));
  return sets
    .filter((set) => set.schemaVersion > schemaVersion)
    .flatMap((set) =>
      set.migrations
        .filter(({ name }) => !applied.has(name))
        .map(({ name, phase }) => ({
          version: set.version,
          schemaVersion: set.schemaVersion,
          migration: name,
          phase,
        })),
    );
}

function rowView(row: ListedCell) {
  const { tenantId, serviceId, engine, schemaVersion, expandedTo, isMigrating, schemaUpdatedAt } = row;
  return {
    tenantId,
    serviceId,
    engine,
    state:
      schemaVersion === null || schemaUpdatedAt === null
        ? null
        : {
            schemaVersion,
            expandedTo: expandedTo ?? schemaVersion,
            isMigrating: isMigrating === true,
            updatedAt: schemaUpdatedAt.toISOString(),
          },
    drift: row.drift,
    checkedAt: row.checkedAt?.toISOString() ?? null,
    upgradeId: row.upgradeId,
  };
}
