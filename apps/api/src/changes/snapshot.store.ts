import type { Position } from '@grey/contracts';
import type { AssignmentRecord, LaneRecord, ServiceRecord, SnapshotSource } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import { readActiveHolds } from '../infra/db/read-holds.ts';
import { readServiceParts } from '../infra/db/read-service-parts.ts';
import { readTenantSchemas } from '../infra/db/read-tenant-schemas.ts';
import { serviceRecordOf } from '../services/service-record.ts';
import type { CommittedChange } from './change-feed.ts';
import { changeOf, type HeadRow, headColumns, type ItemRow, itemColumns, itemOf } from './change-log.store.ts';
import { deltaOfItems, schemaRecordOf, tenantRecordOf } from './delta-of-items.ts';

/** Further behind than this, reading everything anew is cheaper than replaying. */
const REPLAY_LIMIT = 1_000;
const REPLAY_ITEM_LIMIT = 200_000;
/** Assignments read at a time: some 3 ms. */
const PORTION = 2_000;

/** A tenant as far as readers of the projection see it. */
export interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly tier: string | null;
  readonly region: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads what routers need: the whole state at one position, or the changes since one. */
@Injectable()
export class SnapshotStore {
  constructor(private readonly database: Database) {}

  /** Everything the engine needs, at one position. @throws ApiError DATABASE_UNAVAILABLE */
  async loadSource(): Promise<Omit<SnapshotSource, 'instances'>> {
    return (await this.loadAll()).source;
  }

  /** The same with what is known of tenants beyond the engine. @throws ApiError DATABASE_UNAVAILABLE */
  loadAll(): Promise<{ source: Omit<SnapshotSource, 'instances'>; tenants: readonly TenantRow[] }> {
    return this.database.consistentRead(async (tx) => {
      const position = await this.#positionIn(tx);
      const tenants = await tx.tenant.findMany({
        where: { deletedAt: null },
        select: { id: true, name: true, status: true, tier: true, region: true, tags: true, metadata: true },
        orderBy: { id: 'asc' },
      });
      const services = await readServiceParts(tx, null);
      const lanes = await tx.lane.findMany({ select: { record: true }, orderBy: { tag: 'asc' } });
      const assignments = await this.#assignmentsIn(tx);
      const source = {
        position,
        tenants: tenants.map((tenant) => tenantRecordOf(tenant.id, tenant)),
        services: services.map(serviceRecordOf),
        assignments,
        schemas: (await readTenantSchemas(tx, {})).map(schemaRecordOf),
        holds: await readActiveHolds(tx, null),
        lanes: lanes.map(({ record }) => record as unknown as LaneRecord),
      };
      return { source, tenants: tenants as TenantRow[] };
    });
  }

  /** The end of the log. @throws ApiError DATABASE_UNAVAILABLE */
  loadPosition(): Promise<Position> {
    return this.database.run((client) => this.#positionIn(client));
  }

  /**
   * The changes after a position, in order. `'reset'` when they cannot be had: another epoch, a position the log has
   * not reached, too far behind, or what they did is no longer kept.
   */
  loadDeltas(after: Position): Promise<CommittedChange[] | 'reset'> {
    return this.database.consistentRead(async (tx) => {
      const end = await tx.logPosition.findUniqueOrThrow({ where: { id: 1 } });
      const behind = Number(end.revision) - after.revision;
      if (end.epoch !== after.epoch || behind < 0 || behind > REPLAY_LIMIT) return 'reset';
      if (behind === 0) return [];
      const heads = await tx.$queryRaw<(HeadRow & { services: ServiceRecord[] | null; trimmed_at: Date | null })[]>`
        SELECT ${headColumns}, services, trimmed_at FROM changes
        WHERE epoch = ${after.epoch} AND revision > ${BigInt(after.revision)} ORDER BY revision`;
      if (heads.some((head) => head.trimmed_at !== null)) return 'reset';
      if (heads.reduce((sum, head) => sum + head.item_count, 0) > REPLAY_ITEM_LIMIT) return 'reset';
      const rows = await tx.$queryRaw<ItemRow[]>`
        SELECT ${itemColumns} FROM change_items
        WHERE change_key = ANY (${heads.map((head) => head.key)}::uuid[]) ORDER BY change_key, index`;
      const itemsByChange = Map.groupBy(rows, (row) => row.change_key);
      return heads.map((head) => {
        const items = (itemsByChange.get(head.key) ?? []).map(itemOf);
        const change = changeOf(head, items);
        return { change, delta: deltaOfItems(change.position, items, head.services ?? []), items };
      });
    });
  }

  /** In portions: a million rows in one answer would keep this process from everything else for seconds. */
  async #assignmentsIn(tx: Transaction): Promise<AssignmentRecord[]> {
    const all: AssignmentRecord[] = [];
    let after = { tenantId: '', serviceId: '' };
    for (;;) {
      const some = await tx.$queryRaw<AssignmentRecord[]>`
        SELECT tenant_id AS "tenantId", service_id AS "serviceId", version, is_pinned AS "isPinned" FROM assignments
        WHERE (tenant_id, service_id) > (${after.tenantId}, ${after.serviceId})
        ORDER BY tenant_id, service_id LIMIT ${PORTION}`;
      for (const assignment of some) all.push(assignment);
      if (some.length < PORTION) return all;
      after = some[some.length - 1] as AssignmentRecord;
    }
  }

  async #positionIn(tx: Transaction): Promise<Position> {
    const { epoch, revision } = await tx.logPosition.findUniqueOrThrow({ where: { id: 1 } });
    return { epoch, revision: Number(revision) };
  }
}
