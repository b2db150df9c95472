import type { Catalogue, Engine, ObjectDigests } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { KeptLedgerRow, KeptObjects, SchemaCheckRow } from './schema-check-row.ts';
import { neighbours } from './schema-moves.store.ts';

export interface CellKey {
  readonly tenantId: string;
  readonly serviceId: string;
}

/** What a look that reached the database writes. */
export interface Found extends CellKey {
  readonly drift: SchemaCheckRow['drift'];
  readonly live: Catalogue;
  readonly isBaseline: boolean;
  readonly ledger: readonly KeptLedgerRow[];
  readonly ledgerFaults: readonly string[];
  readonly digest: string;
  readonly byteCount: number;
}

/** What is kept of a catalogue. */
export type KeptCatalogue = Pick<Catalogue, 'digest' | 'objects'>;

const columns = Prisma.sql`
  c.tenant_id AS "tenantId", c.service_id AS "serviceId", c.drift, c.baseline, c.live, c.ledger,
  c.ledger_faults AS "ledgerFaults", c.digest, c.byte_count AS "byteCount", c.error, c.checked_at AS "checkedAt",
  c.accepted_digest AS "acceptedDigest", c.accepted_by AS "acceptedBy", c.accepted_at AS "acceptedAt",
  c.accepted_reason AS "acceptedReason"`;
@Injectable()
export class SchemaChecksStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  async find(tx: Transaction, { tenantId, serviceId }: CellKey): Promise<SchemaCheckRow | undefined> {
    const [row] = await tx.$queryRaw<SchemaCheckRow[]>`
      SELECT ${columns} FROM schema_checks c WHERE c.tenant_id = ${tenantId} AND c.service_id = ${serviceId}`;
    return row;
  }

  /** The row, made where there is none, and kept from other looks until the transaction ends. */
  async lock(tx: Transaction, cell: CellKey): Promise<SchemaCheckRow> {
    await tx.$executeRaw`
      INSERT INTO schema_checks (tenant_id, service_id) VALUES (${cell.tenantId}, ${cell.serviceId})
      ON CONFLICT DO NOTHING`;
    const [row] = await tx.$queryRaw<SchemaCheckRow[]>`
      SELECT ${columns} FROM schema_checks c
      WHERE c.tenant_id = ${cell.tenantId} AND c.service_id = ${cell.serviceId} FOR UPDATE`;
    return row as SchemaCheckRow;
  }

  /** Both catalogues of a row; undefined where one of them is not known. */
  async readObjects(tx: Transaction, { baseline, live }: SchemaCheckRow): Promise<KeptObjects | undefined> {
    if (baseline === null || live === null) return undefined;
    const rows = await tx.$queryRaw<{ digest: string; objects: ObjectDigests }[]>`
      SELECT digest, objects FROM schema_catalogues WHERE digest = ANY (${[baseline, live]}::text[])`;
    const byDigest = new Map(rows.map((row) => [row.digest, row.objects]));
    return { baseline: byDigest.get(baseline) ?? {}, live: byDigest.get(live) ?? {} };
  }

  /** Writes what was found; what could not be reached before was reached now. */
  async writeFound(tx: Transaction, found: Found): Promise<void> {
    await this.#keep(tx, found.live);
    const { tenantId, serviceId, drift, live, isBaseline, ledger, ledgerFaults, digest, byteCount } = found;
    await tx.$executeRaw`
      UPDATE schema_checks SET drift = ${drift}, live = ${live.digest}, ledger = ${JSON.stringify(ledger)}::jsonb,
        ledger_faults = ${[...ledgerFaults]}::text[], digest = ${digest}, byte_count = ${BigInt(byteCount)}, error = NULL,
        checked_at = clock_timestamp(), tried_at = clock_timestamp()
        ${isBaseline ? Prisma.sql`, baseline = ${live.digest}, baseline_from = 'first_look', baseline_at = clock_timestamp()` : Prisma.empty}
      WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}`;
  }

  /** Notes that the database could not be reached; what was known of it stays. */
  async writeError(tx: Transaction, { tenantId, serviceId }: CellKey, error: string): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO schema_checks (tenant_id, service_id, error, tried_at)
      VALUES (${tenantId}, ${serviceId}, ${error}, clock_timestamp())
      ON CONFLICT (tenant_id, service_id) DO UPDATE SET error = EXCLUDED.error, tried_at = EXCLUDED.tried_at`;
  }

  /** The same outside of a transaction. */
  noteTried(cell: CellKey, error: string): Promise<void> {
    return this.database.transaction((tx) => this.writeError(tx, cell, error));
  }

  /** They have had their turn, though nobody has looked at them. */
  async passOver(cells: readonly CellKey[]): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        INSERT INTO schema_checks (tenant_id, service_id, tried_at)
        SELECT tenant_id, service_id, clock_timestamp() FROM unnest(
          ${cells.map((one) => one.tenantId)}::text[], ${cells.map((one) => one.serviceId)}::text[]) AS c (tenant_id, service_id)
        ON CONFLICT (tenant_id, service_id) DO UPDATE SET tried_at = EXCLUDED.tried_at`,
    );
  }

  /** From now on this catalogue is what should be there. @param from `upgrade` or `restore` @param ledger where it was read with it */
  async writeBaseline(
    tx: Transaction,
    cell: CellKey,
    catalogue: KeptCatalogue,
    from: string,
    ledger?: readonly KeptLedgerRow[],
  ): Promise<void> {
    await this.#keep(tx, catalogue);
    const { tenantId, serviceId } = cell;
    // Where services share a schema, what one has made of it is no drift to those for whom it was as for this one.
    await tx.$executeRaw`
      UPDATE schema_checks n SET baseline = ${catalogue.digest}, baseline_from = ${from}, baseline_at = clock_timestamp(),
        live = ${catalogue.digest}
      FROM schema_checks own WHERE own.tenant_id = ${tenantId} AND own.service_id = ${serviceId}
        AND n.tenant_id = own.tenant_id AND n.service_id <> own.service_id AND n.service_id IN ${neighbours(cell)}
        AND n.baseline = own.baseline AND n.drift = 'none'`;
    const seen = ledger === undefined ? null : JSON.stringify(ledger);
    await tx.$executeRaw`
      INSERT INTO schema_checks AS c
        (tenant_id, service_id, drift, baseline, baseline_from, baseline_at, live, ledger, checked_at)
      VALUES (${tenantId}, ${serviceId}, 'none', ${catalogue.digest}, ${from}, clock_timestamp(), ${catalogue.digest},
        coalesce(${seen}::jsonb, '[]'), CASE WHEN ${seen}::jsonb IS NULL THEN NULL ELSE clock_timestamp() END)
      ON CONFLICT (tenant_id, service_id) DO UPDATE SET baseline = EXCLUDED.baseline,
        baseline_from = EXCLUDED.baseline_from, baseline_at = EXCLUDED.baseline_at, live = EXCLUDED.live,
        ledger = CASE WHEN ${seen}::jsonb IS NULL THEN c.ledger ELSE EXCLUDED.ledger END,
        checked_at = coalesce(EXCLUDED.checked_at, c.checked_at),
        drift = CASE WHEN c.drift = 'accepted' AND c.ledger_faults <> '{}' THEN c.drift ELSE 'none' END, error = NULL`;
  }

  async writeAccepted(tx: Transaction, cell: CellKey, digest: string, by: string, reason: string): Promise<void> {
    await tx.$executeRaw`
      UPDATE schema_checks SET drift = 'accepted', accepted_digest = ${digest}, accepted_by = ${by},
        accepted_at = clock_timestamp(), accepted_reason = ${reason}
      WHERE tenant_id = ${cell.tenantId} AND service_id = ${cell.serviceId}`;
  }

  /** What the schema serves. */
  async readState(tx: Transaction, { tenantId, serviceId }: CellKey) {
    const [row] = await tx.$queryRaw<
      { schemaVersion: number; expandedTo: number; isMigrating: boolean; updatedAt: Date }[]
    >`
      SELECT schema_version::float8 AS "schemaVersion", expanded_to::float8 AS "expandedTo",
        is_migrating AS "isMigrating", updated_at AS "updatedAt"
      FROM tenant_schemas WHERE tenant_id = ${tenantId} AND service_id = ${serviceId}`;
    return row;
  }

  /** Of upgrades that have not ended. */
  async findUpgrade(tx: Transaction, { tenantId, serviceId }: CellKey): Promise<string | null> {
    const [row] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id::text AS id FROM upgrades
      WHERE tenant_id = ${tenantId} AND service_id = ${serviceId} AND finished_at IS NULL`;
    return row?.id ?? null;
  }

  /** Catalogues that no row speaks of any more. */
  dropUnused(): Promise<number> {
    return this.database.run(
      (client) => client.$executeRaw`
        DELETE FROM schema_catalogues k WHERE k.created_at < clock_timestamp() - interval '1 day'
          AND NOT EXISTS (SELECT 1 FROM schema_checks c WHERE c.baseline = k.digest OR c.live = k.digest)`,
    );
  }

  /** What is there of a tenant and a service. */
  async readPlace(tx: Transaction, { tenantId, serviceId }: CellKey) {
    const [row] = await tx.$queryRaw<
      { hasTenant: boolean; hasService: boolean; dataSourceId: string | null; engine: Engine | null }[]
    >`
      SELECT EXISTS (SELECT 1 FROM tenants WHERE id = ${tenantId} AND deleted_at IS NULL) AS "hasTenant",
        EXISTS (SELECT 1 FROM services WHERE id = ${serviceId}) AS "hasService",
        d.id::text AS "dataSourceId", d.engine
      FROM (SELECT 1) one LEFT JOIN data_sources d ON d.tenant_id = ${tenantId} AND d.service_id = ${serviceId}`;
    return row as { hasTenant: boolean; hasService: boolean; dataSourceId: string | null; engine: Engine | null };
  }

  async #keep(tx: Transaction, { digest, objects }: KeptCatalogue): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO schema_catalogues (digest, objects) VALUES (${digest}, ${JSON.stringify(objects)}::jsonb)
      ON CONFLICT DO NOTHING`;
  }
}
