import type { Delivery, Notification } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database } from '../infra/db/database.ts';
import type { ChannelRow } from './channel-record.ts';
import type { Attempt } from './channel-sender.ts';

export interface DeliveryRow {
  readonly id: string;
  readonly channelId: string;
  readonly eventId: string;
  readonly status: Delivery['status'];
  readonly attemptCount: number;
  readonly nextAttemptAt: Date;
  readonly lastError: string | null;
  readonly httpStatus: number | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly notification: Notification;
}

export interface DeliveryFilter {
  readonly channelId?: string | undefined;
  readonly status?: string | undefined;
}

/** A channel with something to send, and in how many milliseconds; 0 or less is now. */
export interface DueChannel {
  readonly channelId: string;
  readonly waitMs: number;
}

const DELIVERED_KEPT_DAYS = 7;
const DEAD_KEPT_DAYS = 30;
/** As many as may wait in one channel. */
const REVIVED_AT_ONCE = 10_000;

const columns = Prisma.sql`d.id::text, d.channel_id::text AS "channelId", d.epoch || '-' || d.revision AS "eventId", d.status,
  d.attempt_count AS "attemptCount", d.next_attempt_at AS "nextAttemptAt", d.last_error AS "lastError",
  d.http_status AS "httpStatus", d.created_at AS "createdAt", d.ended_at AS "endedAt", d.notification`;

/** Deliveries of a channel go out in the order of their ids, which is that of the log, by one replica at a time. */
@Injectable()
export class DeliveriesStore {
  constructor(private readonly database: Database) {}

  /** @returns up to `limit`, newest first */
  list({ channelId, status }: DeliveryFilter, before: string | undefined, limit: number): Promise<DeliveryRow[]> {
    return this.database.run(
      (client) => client.$queryRaw<DeliveryRow[]>`
        SELECT ${columns} FROM notification_deliveries d WHERE TRUE
          ${channelId === undefined ? Prisma.empty : Prisma.sql`AND d.channel_id::text = ${channelId}`}
          ${status === undefined ? Prisma.empty : Prisma.sql`AND d.status = ${status}`}
          ${before === undefined ? Prisma.empty : Prisma.sql`AND d.id < ${BigInt(before)}`}
        ORDER BY d.id DESC LIMIT ${limit}`,
    );
  }

  /** Sends a dead letter again, with all its attempts. @returns undefined when there is none of this id that is dead */
  async revive(id: bigint): Promise<DeliveryRow | undefined> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<DeliveryRow[]>`
        UPDATE notification_deliveries d SET status = 'pending', attempt_count = 0, next_attempt_at = clock_timestamp(),
          ended_at = NULL
        WHERE d.id = ${id} AND d.status = 'dead' RETURNING ${columns}`,
    );
    return rows[0];
  }

  /** Sends the dead letters of a channel again, the oldest {@link REVIVED_AT_ONCE} of them. @returns how many */
  reviveAll(channelId: string): Promise<number> {
    return this.database.run(
      (client) => client.$executeRaw`
        UPDATE notification_deliveries SET status = 'pending', attempt_count = 0, next_attempt_at = clock_timestamp(),
          ended_at = NULL
        WHERE id IN (SELECT id FROM notification_deliveries
                     WHERE status = 'dead' AND channel_id::text = ${channelId} ORDER BY id LIMIT ${REVIVED_AT_ONCE})`,
    );
  }

  async find(id: bigint): Promise<DeliveryRow | undefined> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<DeliveryRow[]>`SELECT ${columns} FROM notification_deliveries d WHERE d.id = ${id}`,
    );
    return rows[0];
  }

  /** Channels whose first waiting delivery nobody else is at. */
  listDue(owner: string): Promise<DueChannel[]> {
    return this.database.run(
      (client) => client.$queryRaw<DueChannel[]>`
        SELECT c.id::text AS "channelId",
               (extract(epoch FROM d.next_attempt_at - clock_timestamp()) * 1000)::float8 AS "waitMs"
        FROM notification_channels c CROSS JOIN LATERAL (
          SELECT next_attempt_at FROM notification_deliveries
          WHERE status = 'pending' AND channel_id = c.id ORDER BY id LIMIT 1) d
        WHERE c.is_enabled
          AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp() OR c.lease_owner = ${owner}::uuid)`,
    );
  }

  /**
   * Takes, or keeps, a channel for a while.
   * @returns the channel as it is now; undefined when another replica has it, or it is gone or switched off
   */
  async lease(channelId: string, owner: string, leaseMs: number): Promise<ChannelRow | undefined> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<ChannelRow[]>`
        UPDATE notification_channels c
        SET lease_owner = ${owner}::uuid, lease_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1_000}::float8)
        WHERE c.id = ${channelId}::uuid AND c.is_enabled
          AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp() OR c.lease_owner = ${owner}::uuid)
        RETURNING c.id::text, c.name, c.is_enabled AS "isEnabled", c.settings, c.secrets, c.subscriptions,
          c.row_version AS "rowVersion", c.created_at AS "createdAt", c.updated_at AS "updatedAt"`,
    );
    return rows[0];
  }

  /** Gives back one channel, or all of an owner. */
  async release(owner: string, channelId?: string): Promise<void> {
    const one = channelId === undefined ? Prisma.empty : Prisma.sql`AND id = ${channelId}::uuid`;
    await this.database.run(
      (client) =>
        client.$executeRaw`UPDATE notification_channels SET lease_until = NULL WHERE lease_owner = ${owner}::uuid ${one}`,
    );
  }

  /** The first waiting delivery of a channel, when its time has come. */
  async findDue(channelId: string): Promise<DeliveryRow | undefined> {
    const rows = await this.database.run(
      (client) => client.$queryRaw<DeliveryRow[]>`
        SELECT * FROM (
          SELECT ${columns} FROM notification_deliveries d
          WHERE d.status = 'pending' AND d.channel_id = ${channelId}::uuid ORDER BY d.id LIMIT 1) AS first
        WHERE first."nextAttemptAt" <= clock_timestamp()`,
    );
    return rows[0];
  }

  /**
   * Writes down how an attempt ended; nothing when the channel has gone to another replica meanwhile.
   * @param pauseMs until the next attempt; null: there is none
   */
  async settle(delivery: DeliveryRow, owner: string, attempt: Attempt, pauseMs: number | null): Promise<void> {
    const status = attempt.isDelivered ? 'delivered' : pauseMs === null ? 'dead' : 'pending';
    const error = attempt.isDelivered ? null : attempt.error;
    await this.database.run(
      (client) => client.$executeRaw`
        UPDATE notification_deliveries d SET status = ${status}, attempt_count = d.attempt_count + 1, last_error = ${error},
          http_status = ${attempt.httpStatus},
          next_attempt_at = clock_timestamp() + make_interval(secs => ${(pauseMs ?? 0) / 1_000}::float8),
          ended_at = ${status === 'pending' ? Prisma.sql`NULL` : Prisma.sql`clock_timestamp()`}
        FROM notification_channels c
        WHERE d.id = ${BigInt(delivery.id)} AND d.status = 'pending' AND c.id = d.channel_id
          AND c.lease_owner = ${owner}::uuid AND c.lease_until IS NOT NULL`,
    );
  }

  async count(): Promise<{ channelCount: number; pendingCount: number; deadCount: number; oldestMs: number }> {
    const [row] = await this.database.run(
      (client) => client.$queryRaw<
        { channelCount: number; pendingCount: number; deadCount: number; oldestMs: number }[]
      >`
        SELECT (SELECT count(*)::int FROM notification_channels) AS "channelCount", p.count AS "pendingCount",
          (SELECT count(*)::int FROM notification_deliveries WHERE status = 'dead') AS "deadCount",
          coalesce(extract(epoch FROM clock_timestamp() - p.oldest) * 1000, 0)::float8 AS "oldestMs"
        FROM (SELECT count(*)::int AS count, min(created_at) AS oldest
              FROM notification_deliveries WHERE status = 'pending') AS p`,
    );
    return row ?? { channelCount: 0, pendingCount: 0, deadCount: 0, oldestMs: 0 };
  }

  async sweep(): Promise<void> {
    await this.database.run(
      (client) => client.$executeRaw`
        DELETE FROM notification_deliveries
        WHERE (status = 'delivered' AND ended_at < now() - make_interval(days => ${DELIVERED_KEPT_DAYS}::int))
           OR (status = 'dead' AND ended_at < now() - make_interval(days => ${DEAD_KEPT_DAYS}::int))`,
    );
  }
}
