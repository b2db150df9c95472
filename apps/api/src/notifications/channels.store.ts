import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';
import type { ChannelRow } from './channel-record.ts';

/** How a channel is doing. */
export interface ChannelHealth {
  readonly pendingCount: number;
  readonly deadCount: number;
  readonly lastDeliveredAt: Date | null;
  readonly lastError: string | null;
}

export type ShownChannel = ChannelRow & ChannelHealth;
export type ChannelDraft = Pick<ChannelRow, 'id' | 'name' | 'isEnabled' | 'settings' | 'secrets' | 'subscriptions'>;

const columns = Prisma.sql`c.id::text, c.name, c.is_enabled AS "isEnabled", c.settings, c.secrets, c.subscriptions,
  c.row_version AS "rowVersion", c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;
const health = Prisma.sql`
  (SELECT count(*)::int FROM notification_deliveries d WHERE d.status = 'pending' AND d.channel_id = c.id) AS "pendingCount",
  (SELECT count(*)::int FROM notification_deliveries d WHERE d.status = 'dead' AND d.channel_id = c.id) AS "deadCount",
  (SELECT max(d.ended_at) FROM notification_deliveries d WHERE d.status = 'delivered' AND d.channel_id = c.id) AS "lastDeliveredAt",
  (SELECT d.last_error FROM notification_deliveries d
    WHERE d.status = 'pending' AND d.channel_id = c.id ORDER BY d.id LIMIT 1) AS "lastError"`;

/** First number of the lock that keeps two makers of channels apart, so that their number stays bounded. */
const CHANNEL_LOCK = 72_711;

@Injectable()
export class ChannelsStore {
  constructor(private readonly database: Database) {}

  list(): Promise<ShownChannel[]> {
    return this.database.run(
      (client) => client.$queryRaw<ShownChannel[]>`
        SELECT ${columns}, ${health} FROM notification_channels c ORDER BY c.name, c.id`,
    );
  }

  find(id: string): Promise<ShownChannel | undefined> {
    return this.database.run((client) => this.findIn(client, id));
  }

  /** @param id any text; what is no UUID is nobody's */
  async findIn(tx: Transaction, id: string): Promise<ShownChannel | undefined> {
    const rows = await tx.$queryRaw<ShownChannel[]>`
      SELECT ${columns}, ${health} FROM notification_channels c WHERE c.id::text = ${id}`;
    return rows[0];
  }

  /** The channel, kept from other writers until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<ShownChannel | undefined> {
    await tx.$queryRaw`SELECT id FROM notification_channels WHERE id::text = ${id} FOR UPDATE`;
    return this.findIn(tx, id);
  }

  /** Counts channels, and lets nobody else make one until the transaction ends. */
  async countLocked(tx: Transaction): Promise<number> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${CHANNEL_LOCK}::int, 1)`;
    return tx.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM notification_channels`.then(
      ([row]) => row?.count ?? 0,
    );
  }

  /** @param changeKey of the change that makes it: what comes before that change is not told through it */
  async insert(tx: Transaction, changeKey: string, draft: ChannelDraft): Promise<ShownChannel> {
    await tx.$executeRaw`
      INSERT INTO notification_channels (id, name, is_enabled, kind, settings, secrets, subscriptions, created_by)
      VALUES (${draft.id}::uuid, ${draft.name}, ${draft.isEnabled}, ${draft.settings.kind},
              ${JSON.stringify(draft.settings)}::jsonb, ${draft.secrets}, ${JSON.stringify(draft.subscriptions)}::jsonb,
              ${changeKey}::uuid)`;
    return this.#get(tx, draft.id);
  }

  async update(tx: Transaction, draft: ChannelDraft): Promise<ShownChannel> {
    await tx.$executeRaw`
      UPDATE notification_channels SET name = ${draft.name}, is_enabled = ${draft.isEnabled},
        settings = ${JSON.stringify(draft.settings)}::jsonb, secrets = ${draft.secrets},
        subscriptions = ${JSON.stringify(draft.subscriptions)}::jsonb, row_version = row_version + 1,
        updated_at = clock_timestamp()
      WHERE id = ${draft.id}::uuid`;
    return this.#get(tx, draft.id);
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.$executeRaw`DELETE FROM notification_channels WHERE id = ${id}::uuid`;
  }

  async #get(tx: Transaction, id: string): Promise<ShownChannel> {
    const row = await this.findIn(tx, id);
    if (row === undefined) throw new Error(`channel ${id} was not written`);
    return row;
  }
}
