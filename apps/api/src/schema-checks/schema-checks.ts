import type { SchemaDrift } from '@grey/contracts';
import { type Catalogue, type LedgerRow, type TableSize, UpgradeError } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { type DriftJudgement, judgeDrift } from './judge-drift.ts';
import { driftView, type KeptLedgerRow, type SchemaCheckRow, unseen } from './schema-check-row.ts';
import { type CellKey, SchemaChecksStore } from './schema-checks.store.ts';
import { SchemaMovesStore } from './schema-moves.store.ts';
import { TenantAccess } from './tenant-access.ts';

/** How long a look at one database may take, in milliseconds. */
const LOOK_MS = 60_000;
const SYSTEM = { kind: 'system', id: 'schema-checks', name: 'Schema checks' } as const;

interface Sight {
  readonly catalogue: Catalogue;
  readonly ledger: readonly LedgerRow[];
  readonly sizes: readonly TableSize[];
}

/** Holds what the databases of tenants are against what they should be. */
@Injectable()
export class SchemaChecks {
  constructor(
    private readonly store: SchemaChecksStore,
    private readonly moves: SchemaMovesStore,
    private readonly access: TenantAccess,
    private readonly sets: MigrationSets,
    private readonly changes: ChangesService,
  ) {}

  /**
   * Looks at the live catalogue and the ledger, and keeps what was found. A database that cannot be reached is a finding too.
   * @throws ApiError DATA_SOURCE_MISSING, MASTER_KEY_MISSING, MASTER_KEY_UNKNOWN
   */
  async look(tenantId: string, serviceId: string, signal?: AbortSignal): Promise<SchemaDrift> {
    const cell = { tenantId, serviceId };
    const patience = AbortSignal.timeout(LOOK_MS);
    const until = signal === undefined ? patience : AbortSignal.any([signal, patience]);
    const since = await this.moves.readClock();
    let sight: Sight;
    try {
      sight = await this.access.session(tenantId, serviceId, until, async (session) => ({
        ledger: await session.listLedger(serviceId),
        catalogue: await session.dumpCatalogue(),
        sizes: await session.listTableSizes(),
      }));
    } catch (error) {
      // Whoever gave the look up has found out nothing.
      if (!(error instanceof UpgradeError) || signal?.aborted === true) throw error;
      const message = patience.aborted ? 'The database did not answer in time.' : error.message;
      await this.store.transaction((tx) => this.store.writeError(tx, cell, message));
      return this.store.consistentRead((tx) => this.driftOf(tx, tenantId, serviceId));
    }
    return this.#keep(cell, sight, since);
  }

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.store.consistentRead(work);
  }

  /** The ledger as the last look found it, and the kind of the database; null: there is none. */
  async ledgerOf(tx: Transaction, tenantId: string, serviceId: string) {
    const { engine } = await this.store.readPlace(tx, { tenantId, serviceId });
    const row = await this.store.find(tx, { tenantId, serviceId });
    return { engine, ledger: row?.ledger ?? [] };
  }

  /** What the last look came to. */
  async driftOf(tx: Transaction, tenantId: string, serviceId: string): Promise<SchemaDrift> {
    return this.#view(tx, (await this.store.find(tx, { tenantId, serviceId })) ?? unseen(tenantId, serviceId));
  }

  /**
   * From now on this catalogue is what should be there: an upgrade, or a restore, has left it so.
   * @param tx a transaction of the caller's; without one it is one of its own
   * @param how who left it so, and the ledger that goes with it where it was read too
   */
  async baseline(
    tenantId: string,
    serviceId: string,
    catalogue: Pick<Catalogue, 'digest' | 'objects'>,
    tx?: Transaction,
    how: { readonly from: 'upgrade' | 'restore'; readonly ledger?: readonly LedgerRow[] } = { from: 'upgrade' },
  ): Promise<void> {
    const kept = how.ledger?.map(keptRow);
    const cell = { tenantId, serviceId };
    const write = (one: Transaction) => this.store.writeBaseline(one, cell, catalogue, how.from, kept);
    await (tx === undefined ? this.store.transaction(write) : write(tx));
  }

  async #view(tx: Transaction, row: SchemaCheckRow): Promise<SchemaDrift> {
    return driftView(row, await this.store.readObjects(tx, row));
  }

  /**
   * Drift that appears or goes is a change, so that whoever listens hears of it. What an upgrade has overtaken is no finding:
   * held against what it left, its own work would be drift.
   */
  #keep(cell: CellKey, { catalogue, ledger, sizes }: Sight, since: Date): Promise<SchemaDrift> {
    const kept = ledger.map(keptRow);
    return this.changes.commit({ kind: 'tenant_schema.drifted', actor: SYSTEM }, async (tx) => {
      const before = await this.store.lock(tx, cell);
      if (await this.moves.isOvertaken(tx, cell, since)) {
        const drift = await this.driftOf(tx, cell.tenantId, cell.serviceId);
        return { items: [], answer: () => drift };
      }
      const { engine } = await this.store.readPlace(tx, cell);
      const sets = engine === null ? [] : await this.sets.all(tx, cell.serviceId, engine);
      const isMoving = await this.moves.isMoving(tx, cell);
      const judgement = judgeDrift(before, { live: catalogue.digest, ledger: kept }, sets, isMoving);
      await this.store.writeFound(tx, {
        ...cell,
        ...judgement,
        live: catalogue,
        ledger: kept,
        isBaseline: judgement.isFirst,
        byteCount: sizes.reduce((sum, { byteCount }) => sum + byteCount, 0),
      });
      const drift = await this.driftOf(tx, cell.tenantId, cell.serviceId);
      const items = judgement.isNews || judgement.isOver ? [newsOf(cell, before, judgement, drift)] : [];
      return { items, ...(judgement.isOver ? { kind: 'tenant_schema.seen' as const } : {}), answer: () => drift };
    }) as Promise<SchemaDrift>;
  }
}

function newsOf(cell: CellKey, before: SchemaCheckRow, judgement: DriftJudgement, drift: SchemaDrift): ItemDraft {
  const { added, removed, changed, ledger, digest } = drift;
  return {
    entity: 'schema_drift',
    ...cell,
    key: `${cell.tenantId}/${cell.serviceId}`,
    before: { state: before.drift },
    after: judgement.isOver ? null : { state: judgement.drift, added, removed, changed, ledger, digest },
  };
}

function keptRow(row: LedgerRow): KeptLedgerRow {
  return {
    name: row.name,
    checksum: row.checksum,
    phase: row.phase,
    state: row.state,
    upgradeId: row.runId,
    by: row.by,
    statement: row.statement,
    message: row.message,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
