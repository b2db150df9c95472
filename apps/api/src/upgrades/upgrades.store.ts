import type { UpgradeState } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { endedStates, type MachineState, pendingSteps, stepsOf } from './upgrade-machine.ts';
import type { Awaits, NewUpgrade, UpgradeRow } from './upgrade-row.ts';

export const upgradeColumns = Prisma.sql`
  u.id::text AS id, u.kind, u.tenant_id AS "tenantId", u.service_id AS "serviceId", u.from_version AS "fromVersion",
  u.to_version AS "toVersion", u.schema_from::float8 AS "schemaFrom", u.schema_to::float8 AS "schemaTo", u.options,
  u.requested_by AS "requestedBy", u.reason, u.override_reason AS "overrideReason", u.batch_id::text AS "batchId", u.wave,
  u.batch_concurrency AS "batchConcurrency", u.state, u.steps, u.place, u.awaits, u.due_at AS "dueAt", u.failure, u.notes,
  u.ends_as AS "endsAs", u.abort, u.confirmation, u.is_past_return AS "isPastReturn", u.is_held AS "isHeld",
  u.backup_ids::text[] AS "backupIds", u.change_keys::text[] AS "changeKeys", u.claim_number AS "claimNumber",
  u.created_at AS "createdAt", u.started_at AS "startedAt", u.finished_at AS "finishedAt", u.stamp`;

/** In one wave of a batch; `wave` null: outside of any. */
export interface WaveCounts {
  readonly wave: number | null;
  readonly state: UpgradeState;
  readonly count: number;
  /** Of those, how many ended within the last five minutes. */
  readonly recentCount: number;
  /** Of those, how many wait for a confirmation. */
  readonly confirmationCount: number;
}

/** What a decision outside of a worker makes of an upgrade. */
export interface Decided {
  readonly id: string;
  readonly to: MachineState &
    Partial<Pick<UpgradeRow, 'notes'>> & {
      /** `none` clears it. */
      readonly abort?: UpgradeRow['abort'] | 'none';
      readonly confirmation?: UpgradeRow['confirmation'] | 'none';
      readonly failure?: UpgradeRow['failure'] | 'none';
      /** A worker looks at it at once. */
      readonly isDue: boolean;
    };
}

/** What is worked on first: the way back, what is under way, what has not begun. */
export const priorityOf = (state: UpgradeState) => (state === 'aborting' ? 0 : state === 'queued' ? 2 : 1);

@Injectable()
export class UpgradesStore {
  constructor(private readonly database: Database) {}

  consistentRead<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.consistentRead(work);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  async find(tx: Transaction, id: string): Promise<UpgradeRow | undefined> {
    const [row] = await tx.$queryRaw<UpgradeRow[]>`SELECT ${upgradeColumns} FROM upgrades u WHERE u.id = ${id}::uuid`;
    return row;
  }

  /** Kept from others until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<UpgradeRow | undefined> {
    const [row] = await this.lockMany(tx, [id]);
    return row;
  }

  /** In the order of their ids, so that nobody waits for each other. */
  lockMany(tx: Transaction, ids: readonly string[]): Promise<UpgradeRow[]> {
    return tx.$queryRaw<UpgradeRow[]>`
      SELECT ${upgradeColumns} FROM upgrades u WHERE u.id = ANY (${[...ids]}::uuid[]) ORDER BY u.id FOR UPDATE`;
  }

  async findActive(tx: Transaction, tenantId: string, serviceId: string): Promise<UpgradeRow | undefined> {
    const [row] = await tx.$queryRaw<UpgradeRow[]>`
      SELECT ${upgradeColumns} FROM upgrades u
      WHERE u.tenant_id = ${tenantId} AND u.service_id = ${serviceId} AND u.finished_at IS NULL`;
    return row;
  }

  listActive(tx: Transaction, serviceId: string, toVersion: string | null): Promise<UpgradeRow[]> {
    return tx.$queryRaw<UpgradeRow[]>`
      SELECT ${upgradeColumns} FROM upgrades u
      WHERE u.service_id = ${serviceId} AND u.finished_at IS NULL
        AND ${toVersion === null ? Prisma.sql`TRUE` : Prisma.sql`u.to_version = ${toVersion}`} ORDER BY u.seq`;
  }

  /** One statement; drafts whose tenant and service have an upgrade under way are left out. @returns those written */
  async insert(tx: Transaction, drafts: readonly NewUpgrade[]): Promise<UpgradeRow[]> {
    return tx.$queryRaw<UpgradeRow[]>`
      WITH u AS (${insertion(drafts, false)} RETURNING *) SELECT ${upgradeColumns} FROM u ORDER BY u.seq`;
  }

  insertMany(tx: Transaction, drafts: readonly NewUpgrade[], isHeld: boolean): Promise<number> {
    return tx.$executeRaw(insertion(drafts, isHeld));
  }

  /** Writes what was decided about upgrades that are locked. */
  async decideMany(tx: Transaction, decided: readonly Decided[]): Promise<void> {
    if (decided.length === 0) return;
    const rows = decided.map(({ id, to }) => ({
      ...to,
      id,
      priority: priorityOf(to.state),
      isEnded: endedStates.includes(to.state),
    }));
    await tx.$executeRaw`
      UPDATE upgrades u SET state = m.state, steps = m.steps, awaits = m.awaits, ends_as = m."endsAs",
        is_past_return = m."isPastReturn", priority = m.priority, place = NULL, is_held = FALSE,
        abort = nullif(coalesce(m.abort, u.abort), '"none"'), failure = nullif(coalesce(m.failure, u.failure), '"none"'),
        confirmation = nullif(coalesce(m.confirmation, u.confirmation), '"none"'),
        notes = coalesce(m.notes, u.notes),
        due_at = CASE WHEN m."isEnded" THEN NULL WHEN m."isDue" THEN clock_timestamp() ELSE u.due_at END,
        finished_at = CASE WHEN m."isEnded" THEN clock_timestamp() END,
        stamp = nextval('routing_stamp_seq')
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS m (id uuid, state text, steps jsonb, awaits text,
        "endsAs" text, "isPastReturn" boolean, priority smallint, abort jsonb, confirmation jsonb, failure jsonb,
        notes jsonb, "isDue" boolean, "isEnded" boolean)
      WHERE u.id = m.id`;
  }

  /** A text by id that differs whenever an upgrade has changed. */
  async readStamps(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ id: string; stamp: bigint }[]>`
        SELECT id::text AS id, stamp FROM upgrades WHERE id = ANY (${[...ids]}::uuid[])`,
    );
    return new Map(rows.map(({ id, stamp }) => [id, String(stamp)]));
  }

  /** Of these, the ones that no other upgrade of their tenant and service came after. */
  async latestOf(tx: Transaction, ids: readonly string[]): Promise<string[]> {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT u.id::text AS id FROM upgrades u WHERE u.id = ANY (${[...ids]}::uuid[]) AND NOT EXISTS (
        SELECT 1 FROM upgrades l WHERE l.tenant_id = u.tenant_id AND l.service_id = u.service_id AND l.seq > u.seq)`;
    return rows.map(({ id }) => id);
  }

  async noteChange(tx: Transaction, id: string, changeKey: string): Promise<void> {
    await tx.$executeRaw`
      UPDATE upgrades SET change_keys = array_append(change_keys, ${changeKey}::uuid) WHERE id = ${id}::uuid`;
  }

  /** Ids of changes, `epoch-revision`, in the order of the log. */
  async changeIds(tx: Transaction, keys: readonly string[]): Promise<string[]> {
    if (keys.length === 0) return [];
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT epoch || '-' || revision AS id FROM changes WHERE key = ANY (${[...keys]}::uuid[]) ORDER BY epoch, revision`;
    return rows.map(({ id }) => id);
  }

  hold(tx: Transaction, batchId: string, wave: number | null, isHeld: boolean): Promise<number> {
    return tx.$executeRaw`
      UPDATE upgrades SET is_held = ${isHeld}, stamp = nextval('routing_stamp_seq')
      WHERE batch_id = ${batchId}::uuid AND state = 'queued' AND is_held <> ${isHeld}
        AND ${wave === null ? Prisma.sql`TRUE` : Prisma.sql`wave = ${wave}`}`;
  }

  countByWave(tx: Transaction, batchId: string): Promise<WaveCounts[]> {
    return tx.$queryRaw<WaveCounts[]>`
      SELECT wave, state, count(*)::int AS count,
             count(*) FILTER (WHERE finished_at > clock_timestamp() - interval '5 minutes')::int AS "recentCount",
             count(*) FILTER (WHERE awaits = 'confirmation')::int AS "confirmationCount"
      FROM upgrades WHERE batch_id = ${batchId}::uuid GROUP BY wave, state`;
  }

  async idsOf(
    tx: Transaction,
    batchId: string,
    filter: { readonly wave?: number; readonly states?: readonly UpgradeState[]; readonly awaits?: Awaits | null },
  ): Promise<string[]> {
    const { wave, states, awaits } = filter;
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT id::text AS id FROM upgrades WHERE batch_id = ${batchId}::uuid
        AND ${wave === undefined ? Prisma.sql`TRUE` : Prisma.sql`wave = ${wave}`}
        AND ${states === undefined ? Prisma.sql`TRUE` : Prisma.sql`state = ANY (${[...states]}::text[])`}
        AND ${awaits === undefined ? Prisma.sql`TRUE` : Prisma.sql`awaits IS NOT DISTINCT FROM ${awaits}`}
      ORDER BY seq`;
    return rows.map(({ id }) => id);
  }
}

/** What many have in common goes over once: ten thousand drafts of one batch are one head and ten thousand names. */
function insertion(drafts: readonly NewUpgrade[], isHeld: boolean): Prisma.Sql {
  const heads: object[] = [];
  const known = new Map<string, number>();
  const rows = drafts.map(({ tenantId, fromVersion, schemaFrom, ...head }) => {
    const text = JSON.stringify(head);
    const at = known.get(text) ?? heads.push({ ...head, steps: pendingSteps(stepsOf(head.kind, head.options)) }) - 1;
    known.set(text, at);
    return { head: at, tenantId, fromVersion, schemaFrom };
  });
  return Prisma.sql`
    INSERT INTO upgrades (id, kind, tenant_id, service_id, from_version, to_version, schema_from, schema_to, options,
      requested_by, reason, override_reason, batch_id, wave, batch_concurrency, steps, is_held, due_at)
    SELECT gen_random_uuid(), h.head->>'kind', r.line->>'tenantId', h.head->>'serviceId', r.line->>'fromVersion',
      h.head->>'toVersion', (r.line->>'schemaFrom')::bigint, (h.head->>'schemaTo')::bigint, h.head->'options',
      h.head->'requestedBy', h.head->>'reason', h.head->>'overrideReason', (h.head->>'batchId')::uuid,
      (h.head->>'wave')::int, (h.head->>'batchConcurrency')::int, h.head->'steps', ${isHeld}, now()
    FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS r (line, place)
    JOIN jsonb_array_elements(${JSON.stringify(heads)}::jsonb) WITH ORDINALITY AS h (head, place)
      ON h.place = (r.line->>'head')::int + 1
    ORDER BY r.place
    ON CONFLICT (tenant_id, service_id) WHERE finished_at IS NULL DO NOTHING`;
}
