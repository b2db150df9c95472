import type { UpgradeState } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database } from '../infra/db/database.ts';
import type { UpgradeKind, UpgradeRow } from './upgrade-row.ts';
import { upgradeColumns } from './upgrades.store.ts';

export interface UpgradeFilter {
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly state?: UpgradeState | undefined;
  readonly kind?: UpgradeKind | undefined;
  readonly batchId?: string | undefined;
  readonly wave?: number | undefined;
}

export interface ListedUpgrade extends UpgradeRow {
  readonly rank: number;
  readonly seq: number;
}

/** Where a page ended. */
export interface UpgradePlaceInList {
  readonly rank: number;
  readonly seq: number;
}

/** Equals the index upgrades_attention_idx. */
const rank = Prisma.sql`(CASE WHEN u.state = 'needs_operator' THEN 0 WHEN u.state = 'failed' THEN 1
  WHEN u.state = 'waiting' AND u.awaits <> 'time' THEN 2 WHEN u.state = 'aborting' THEN 3
  WHEN u.state = 'waiting' THEN 4 WHEN u.state = 'running' THEN 5 ELSE 6 END)`;

/** Upgrades in pages. */
@Injectable()
export class UpgradeListsStore {
  constructor(private readonly database: Database) {}

  /**
   * @param only tenants that the caller may see; null: all
   * @param isByRank those that need somebody first, else the newest
   */
  list(
    filter: UpgradeFilter,
    only: ReadonlySet<string> | null,
    isByRank: boolean,
    after: UpgradePlaceInList | undefined,
    limit: number,
  ): Promise<ListedUpgrade[]> {
    const order = isByRank ? Prisma.sql`${rank}, u.seq DESC` : Prisma.sql`u.seq DESC`;
    return this.database.run(
      (client) => client.$queryRaw<ListedUpgrade[]>`
        SELECT ${upgradeColumns}, ${rank} AS rank, u.seq::float8 AS seq FROM upgrades u
        WHERE ${whereOf(filter, only)} AND ${placeAfter(isByRank, after)} ORDER BY ${order} LIMIT ${limit}`,
    );
  }

  /** For metrics: how many are in which state, of those that have not ended. */
  async countActive(): Promise<{ state: UpgradeState; count: number }[]> {
    return this.database.run(
      (client) => client.$queryRaw<{ state: UpgradeState; count: number }[]>`
        SELECT state, count(*)::int AS count FROM upgrades WHERE finished_at IS NULL GROUP BY state`,
    );
  }
}

function whereOf(filter: UpgradeFilter, only: ReadonlySet<string> | null): Prisma.Sql {
  const { tenantId, serviceId, state, kind, batchId, wave } = filter;
  const parts = [Prisma.sql`TRUE`];
  if (only !== null) parts.push(Prisma.sql`u.tenant_id = ANY (${[...only]}::text[])`);
  if (tenantId !== undefined) parts.push(Prisma.sql`u.tenant_id = ${tenantId}`);
  if (serviceId !== undefined) parts.push(Prisma.sql`u.service_id = ${serviceId}`);
  if (state !== undefined) parts.push(Prisma.sql`u.state = ${state}`);
  if (kind !== undefined) parts.push(Prisma.sql`u.kind = ${kind}`);
  if (batchId !== undefined) parts.push(Prisma.sql`u.batch_id = ${batchId}::uuid`);
  if (wave !== undefined) parts.push(Prisma.sql`u.wave = ${wave}`);
  return Prisma.join(parts, ' AND ');
}

function placeAfter(isByRank: boolean, after: UpgradePlaceInList | undefined): Prisma.Sql {
  if (after === undefined) return Prisma.sql`TRUE`;
  const seq = BigInt(after.seq);
  return isByRank
    ? Prisma.sql`(${rank} > ${after.rank} OR (${rank} = ${after.rank} AND u.seq < ${seq}))`
    : Prisma.sql`u.seq < ${seq}`;
}
