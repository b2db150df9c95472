import type { UpgradeFailure, UpgradeState } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import { advance, isEnded, type MachineState } from './upgrade-machine.ts';
import type { UpgradePlace, UpgradeRow } from './upgrade-row.ts';
import { ClaimLost } from './upgrade-step.ts';
import { priorityOf, upgradeColumns } from './upgrades.store.ts';

/** How long a worker that says nothing keeps its claim, in milliseconds. A kill is noticed within this time. */
export const LEASE_MS = 10_000;
/** Names the lock that workers take turns under while they choose. */
const CHOOSING = 72_714;

/** How many may be worked on at a time, over all replicas. */
export interface ClaimLimits {
  readonly overall: number;
  /** On one server of tenant databases. */
  readonly perServer: number;
}

/** A worker's right to an upgrade. */
export interface Claim {
  readonly id: string;
  readonly number: bigint;
}

/** What a worker writes; what is not named stays as it is. */
export interface ClaimedPatch extends Partial<MachineState> {
  /** In milliseconds from now by the database's clock, or at a time; null: when somebody says so. */
  readonly due?: number | Date | null;
  readonly failure?: UpgradeFailure | null;
  readonly notes?: Readonly<Record<string, unknown>>;
  readonly place?: UpgradePlace | null;
  readonly backupId?: string;
  readonly changeKey?: string;
  readonly isReleased?: boolean;
}

interface Busy {
  readonly server: string | null;
  readonly batchId: string | null;
  readonly batchConcurrency: number | null;
}

const server = Prisma.sql`d.host || ' ' || d.port`;

/** Who works on what. Every write of a worker is made under the number of its claim. */
@Injectable()
export class ClaimsStore {
  constructor(private readonly database: Database) {}

  /**
   * Takes the next upgrade whose time has come, as far as the limits leave room, and begins its step.
   * @param owner of this process
   */
  claimNext(owner: string, limits: ClaimLimits): Promise<UpgradeRow | undefined> {
    return this.database.transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${CHOOSING}::bigint)`;
      const busy = await tx.$queryRaw<Busy[]>`
        SELECT ${server} AS server, u.batch_id::text AS "batchId", u.batch_concurrency AS "batchConcurrency"
        FROM upgrades u LEFT JOIN data_sources d ON d.tenant_id = u.tenant_id AND d.service_id = u.service_id
        WHERE u.claim_until > clock_timestamp()`;
      if (busy.length >= limits.overall) return undefined;
      const chosen = await this.#choose(tx, fullServers(busy, limits), fullBatches(busy));
      if (chosen === undefined) return undefined;
      const next = advance(chosen, { kind: 'claimed', at: new Date().toISOString() });
      const claim = { id: chosen.id, number: chosen.claimNumber + 1n };
      await tx.$executeRaw`
        UPDATE upgrades SET claim_owner = ${owner}::uuid, claim_number = ${claim.number},
          claim_until = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond',
          started_at = coalesce(started_at, clock_timestamp()) WHERE id = ${claim.id}::uuid`;
      if (next === undefined) throw new Error(`upgrade ${chosen.id} is due in state ${chosen.state}`);
      return this.save(tx, claim, { ...next, awaits: null });
    });
  }

  /** Also says to be alive. @returns states by id of those that this process still has */
  async renew(owner: string, claims: readonly Claim[]): Promise<Map<string, UpgradeState>> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<{ id: string; state: UpgradeState }[]>`
        UPDATE upgrades u SET claim_until = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'
        FROM unnest(${claims.map(({ id }) => id)}::uuid[], ${claims.map((one) => one.number)}::bigint[]) AS c (id, number)
        WHERE u.id = c.id AND u.claim_number = c.number AND u.claim_owner = ${owner}::uuid
        RETURNING u.id::text AS id, u.state`,
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** Lets others take them at once. */
  async release(owner: string): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        UPDATE upgrades SET claim_until = NULL, claim_owner = NULL, due_at = coalesce(due_at, clock_timestamp())
        WHERE claim_owner = ${owner}::uuid AND claim_until IS NOT NULL`,
    );
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  /** The upgrade, kept from others until the transaction ends. @throws ClaimLost */
  async hold(tx: Transaction, { id, number }: Claim): Promise<UpgradeRow> {
    const [row] = await tx.$queryRaw<UpgradeRow[]>`
      SELECT ${upgradeColumns} FROM upgrades u WHERE u.id = ${id}::uuid AND u.claim_number = ${number} FOR UPDATE`;
    if (row === undefined) throw new ClaimLost(`upgrade ${id} is not claimed under ${number} any more`);
    return row;
  }

  /** @throws ClaimLost */
  async save(tx: Transaction, { id, number }: Claim, patch: ClaimedPatch): Promise<UpgradeRow> {
    const [row] = await tx.$queryRaw<UpgradeRow[]>`
      UPDATE upgrades u SET ${Prisma.join(settings(patch), ', ')}
      WHERE u.id = ${id}::uuid AND u.claim_number = ${number} RETURNING ${upgradeColumns}`;
    if (row === undefined) throw new ClaimLost(`upgrade ${id} is not claimed under ${number} any more`);
    return row;
  }

  /** Shown meanwhile; not worth a transaction. @returns false when the claim was lost */
  async savePlace({ id, number }: Claim, place: UpgradePlace): Promise<boolean> {
    const count = await this.database.run(
      (client) => client.$executeRaw`
        UPDATE upgrades SET place = ${JSON.stringify(place)}::jsonb, stamp = nextval('routing_stamp_seq')
        WHERE id = ${id}::uuid AND claim_number = ${number}`,
    );
    return count > 0;
  }

  async #choose(
    tx: Transaction,
    servers: readonly string[],
    batches: readonly string[],
  ): Promise<UpgradeRow | undefined> {
    const isRoom =
      servers.length === 0
        ? Prisma.sql`TRUE`
        : Prisma.sql`NOT coalesce(${server} = ANY (${[...servers]}::text[]), FALSE)`;
    const [row] = await tx.$queryRaw<UpgradeRow[]>`
      SELECT ${upgradeColumns} FROM (VALUES (0), (1), (2)) AS p (priority), LATERAL (
        SELECT u.* FROM upgrades u
        LEFT JOIN data_sources d ON d.tenant_id = u.tenant_id AND d.service_id = u.service_id
        WHERE u.priority = p.priority AND u.due_at IS NOT NULL AND u.due_at <= clock_timestamp()
          AND (u.claim_until IS NULL OR u.claim_until <= clock_timestamp()) AND ${isRoom}
          AND NOT (u.state = 'queued' AND u.is_held)
          AND NOT (u.state IN ('queued', 'running') AND coalesce(u.batch_id = ANY (${[...batches]}::uuid[]), FALSE))
        ORDER BY u.due_at, u.seq LIMIT 1) AS u
      ORDER BY p.priority LIMIT 1`;
    return row;
  }
}

function fullServers(busy: readonly Busy[], { perServer }: ClaimLimits): string[] {
  return [...countBy(busy, (one) => one.server)].filter(([, count]) => count >= perServer).map(([name]) => name);
}

function fullBatches(busy: readonly Busy[]): string[] {
  const limitOf = new Map(busy.map((one) => [one.batchId, one.batchConcurrency]));
  return [...countBy(busy, (one) => one.batchId)]
    .filter(([id, count]) => count >= (limitOf.get(id) ?? Number.POSITIVE_INFINITY))
    .map(([id]) => id);
}

function countBy(busy: readonly Busy[], nameOf: (one: Busy) => string | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of busy) {
    const name = nameOf(one);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function settings(patch: ClaimedPatch): Prisma.Sql[] {
  const json = (value: unknown) => (value === null ? Prisma.sql`NULL` : Prisma.sql`${JSON.stringify(value)}::jsonb`);
  const sets = [Prisma.sql`stamp = nextval('routing_stamp_seq')`];
  const { state, steps, awaits, endsAs, isPastReturn, due, failure, notes, place, backupId, changeKey } = patch;
  if (state !== undefined) {
    sets.push(Prisma.sql`state = ${state}`, Prisma.sql`priority = ${priorityOf(state)}`);
    sets.push(isEnded(state) ? Prisma.sql`finished_at = clock_timestamp()` : Prisma.sql`finished_at = NULL`);
  }
  if (steps !== undefined) sets.push(Prisma.sql`steps = ${json(steps)}`);
  if (awaits !== undefined) sets.push(Prisma.sql`awaits = ${awaits}`);
  if (endsAs !== undefined) sets.push(Prisma.sql`ends_as = ${endsAs}`);
  if (isPastReturn !== undefined) sets.push(Prisma.sql`is_past_return = ${isPastReturn}`);
  if (due !== undefined) sets.push(Prisma.sql`due_at = ${dueAt(due)}`);
  if (failure !== undefined) sets.push(Prisma.sql`failure = ${json(failure)}`);
  if (notes !== undefined) sets.push(Prisma.sql`notes = u.notes || ${json(notes)}`);
  if (place !== undefined) sets.push(Prisma.sql`place = ${json(place)}`);
  if (backupId !== undefined) sets.push(Prisma.sql`backup_ids = array_append(u.backup_ids, ${backupId}::uuid)`);
  if (changeKey !== undefined) sets.push(Prisma.sql`change_keys = array_append(u.change_keys, ${changeKey}::uuid)`);
  if (patch.isReleased === true) sets.push(Prisma.sql`claim_until = NULL`, Prisma.sql`claim_owner = NULL`);
  return sets;
}

function dueAt(due: number | Date | null): Prisma.Sql {
  if (due === null) return Prisma.sql`NULL`;
  if (due instanceof Date) return Prisma.sql`${due}`;
  return Prisma.sql`clock_timestamp() + ${due} * interval '1 millisecond'`;
}
