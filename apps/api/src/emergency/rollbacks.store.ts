import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { RaceLostError } from '../infra/db/database-errors.ts';

export type RollbackState = 'rewriting' | 'done' | 'stopped' | 'undone';

export interface RollbackRow {
  readonly holdId: string;
  /** `epoch-revision`; null only between journal and log. */
  readonly changeId: string | null;
  readonly affectedCount: number;
  readonly state: RollbackState;
  readonly totalCount: number | null;
  readonly rewrittenCount: number;
  readonly afterTenant: string;
  readonly finishedAt: Date | null;
}

/** An assignment that bookkeeping brings in line, or that undo writes back. */
export interface CellRewrite {
  readonly tenantId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly isPinned: boolean;
}

/** An assignment on the version that is held, with what decides whether it is. */
export interface HeldCell {
  readonly tenantId: string;
  readonly version: string;
  readonly isPinned: boolean;
  readonly tags: readonly string[];
}

const columns = Prisma.sql`
  r.hold_id::text AS "holdId", (SELECT c.epoch || '-' || c.revision FROM changes c WHERE c.key = r.change_key) AS "changeId",
  r.affected_count AS "affectedCount", r.state, r.total_count AS "totalCount", r.rewritten_count AS "rewrittenCount",
  r.after_tenant AS "afterTenant", r.finished_at AS "finishedAt"`;

@Injectable()
export class RollbacksStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  async find(tx: Transaction, holdId: string): Promise<RollbackRow | undefined> {
    const [row] = await tx.$queryRaw<RollbackRow[]>`
      SELECT ${columns} FROM rollbacks r WHERE r.hold_id = ${holdId}::uuid`;
    return row;
  }

  /** The same, kept from others until the transaction ends. */
  async lock(tx: Transaction, holdId: string): Promise<RollbackRow | undefined> {
    const [row] = await tx.$queryRaw<RollbackRow[]>`
      SELECT ${columns} FROM rollbacks r WHERE r.hold_id = ${holdId}::uuid FOR UPDATE OF r`;
    return row;
  }

  /** Newest first. */
  list(tx: Transaction, limit: number): Promise<RollbackRow[]> {
    return tx.$queryRaw<RollbackRow[]>`
      SELECT ${columns} FROM rollbacks r JOIN holds h ON h.id = r.hold_id
      ORDER BY h.created_at DESC, h.id DESC LIMIT ${limit}`;
  }

  /** Those whose bookkeeping is not finished, oldest first. */
  async listUnfinished(): Promise<string[]> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ id: string }[]>`
        SELECT r.hold_id::text AS id FROM rollbacks r JOIN holds h ON h.id = r.hold_id
        WHERE r.state = 'rewriting' ORDER BY h.created_at, h.id`,
    );
    return rows.map(({ id }) => id);
  }

  async insert(tx: Transaction, holdId: string, changeKey: string, affectedCount: number): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO rollbacks (hold_id, change_key, affected_count)
      VALUES (${holdId}::uuid, ${changeKey}::uuid, ${affectedCount})`;
  }

  async setState(tx: Transaction, holdId: string, state: RollbackState): Promise<void> {
    await tx.$executeRaw`
      UPDATE rollbacks SET state = ${state}, finished_at = clock_timestamp() WHERE hold_id = ${holdId}::uuid`;
  }

  /** Assignments on a version, `limit` of them after a tenant, kept from others until the transaction ends. */
  lockCells(tx: Transaction, at: CellRange, limit: number): Promise<HeldCell[]> {
    return tx.$queryRaw<HeldCell[]>`
      SELECT a.tenant_id AS "tenantId", a.version, a.is_pinned AS "isPinned", t.tags
      FROM assignments a JOIN tenants t ON t.id = a.tenant_id WHERE ${within(at)} AND a.tenant_id > ${at.after}
      ORDER BY a.tenant_id LIMIT ${limit} FOR UPDATE OF a`;
  }

  async countCells(tx: Transaction, at: CellRange): Promise<number> {
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM assignments a JOIN tenants t ON t.id = a.tenant_id WHERE ${within(at)}`;
    return row?.count ?? 0;
  }

  /**
   * Writes cells that were read under lock.
   * @throws RaceLostError when one of them is not as it was read
   */
  async writeCells(tx: Transaction, serviceId: string, cells: readonly CellRewrite[]): Promise<void> {
    if (cells.length === 0) return;
    const count = await tx.$executeRaw`
      UPDATE assignments a SET version = m.to_version, stamp = nextval('assignment_stamp_seq'), updated_at = now()
      FROM unnest(${cells.map((one) => one.tenantId)}::text[], ${cells.map((one) => one.fromVersion)}::text[],
        ${cells.map((one) => one.toVersion)}::text[]) AS m (tenant_id, from_version, to_version)
      WHERE a.tenant_id = m.tenant_id AND a.service_id = ${serviceId} AND a.version = m.from_version`;
    if (count !== cells.length) throw new RaceLostError('an assignment has changed');
  }

  /** Notes what was rewritten, and how far bookkeeping is. */
  async advance(tx: Transaction, holdId: string, cells: readonly CellRewrite[], to: Progress): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO rollback_moves (hold_id, tenant_id, from_version, to_version)
      SELECT ${holdId}::uuid, * FROM unnest(${cells.map((one) => one.tenantId)}::text[],
        ${cells.map((one) => one.fromVersion)}::text[], ${cells.map((one) => one.toVersion)}::text[])`;
    await tx.$executeRaw`
      UPDATE rollbacks SET total_count = ${to.totalCount}, rewritten_count = rewritten_count + ${cells.length},
        after_tenant = ${to.afterTenant}, state = ${to.isDone ? 'done' : 'rewriting'},
        finished_at = CASE WHEN ${to.isDone} THEN clock_timestamp() END
      WHERE hold_id = ${holdId}::uuid`;
  }

  /** What was rewritten of a tenant from a version is left out when a rollback is undone. */
  async forgetMoves(tx: Transaction, tenantId: string, serviceId: string, version: string): Promise<void> {
    await tx.$executeRaw`
      DELETE FROM rollback_moves m USING holds h
      WHERE h.id = m.hold_id AND h.service_id = ${serviceId} AND m.tenant_id = ${tenantId}
        AND m.from_version = ${version}`;
  }

  /**
   * What bookkeeping rewrote and nobody has touched since, turned round; and how many were touched, or came from a version
   * that was retired since.
   */
  async readRewritten(tx: Transaction, holdId: string, serviceId: string, isLocked: boolean) {
    if (isLocked)
      await tx.$queryRaw`
        SELECT 1 FROM versions v WHERE v.service_id = ${serviceId}
          AND v.version IN (SELECT m.from_version FROM rollback_moves m WHERE m.hold_id = ${holdId}::uuid)
        ORDER BY v.version FOR KEY SHARE`;
    const rows = await tx.$queryRaw<(CellRewrite & { isUntouched: boolean | null })[]>`
      SELECT m.tenant_id AS "tenantId", m.to_version AS "fromVersion", m.from_version AS "toVersion",
             coalesce(a.is_pinned, FALSE) AS "isPinned",
             a.version = m.to_version AND v.status <> 'retired' AS "isUntouched"
      FROM rollback_moves m LEFT JOIN assignments a ON a.tenant_id = m.tenant_id AND a.service_id = ${serviceId}
      LEFT JOIN versions v ON v.service_id = ${serviceId} AND v.version = m.from_version
      WHERE m.hold_id = ${holdId}::uuid ORDER BY m.tenant_id`;
    const cells = rows.filter((row) => row.isUntouched === true);
    if (isLocked && cells.length > 0)
      await tx.$queryRaw`
        SELECT 1 FROM assignments a WHERE a.service_id = ${serviceId}
          AND a.tenant_id = ANY (${cells.map((one) => one.tenantId)}::text[]) ORDER BY a.tenant_id FOR UPDATE`;
    return { cells: cells.map(({ isUntouched: _, ...cell }) => cell), keptCount: rows.length - cells.length };
  }
}

/** Assignments of a service on one version, within a scope. */
export interface CellRange {
  readonly serviceId: string;
  readonly version: string;
  readonly scope: { readonly kind: string; readonly tenantIds?: readonly string[]; readonly tag?: string };
  readonly after: string;
}

interface Progress {
  readonly totalCount: number;
  readonly afterTenant: string;
  readonly isDone: boolean;
}

function within({ serviceId, version, scope }: CellRange): Prisma.Sql {
  const base = Prisma.sql`a.service_id = ${serviceId} AND a.version = ${version}`;
  if (scope.kind === 'tenants')
    return Prisma.sql`${base} AND a.tenant_id = ANY (${[...(scope.tenantIds ?? [])]}::text[])`;
  return scope.kind === 'tag' ? Prisma.sql`${base} AND ${scope.tag} = ANY (t.tags)` : base;
}
