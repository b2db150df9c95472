import { groupOfKind, type Notification, type Subscription } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/client.ts';
import { Database, type Transaction } from '../infra/db/database.ts';

/** Lock that lets one replica at a time read the log for notifications. */
export const READER_LOCK = 72_712;
/** Changes that one transaction goes through. */
const BATCH = 20;
/** More of a channel do not wait; what comes then is dead at once, and can be sent again. */
const WAITING_LIMIT = 10_000;
const SAMPLE_ITEMS = 10;
const SHOWN_SERVICES = 20;
const SHOWN_MOVES = 20;

interface Place {
  readonly epoch: string;
  readonly revision: bigint;
}

interface Head extends Place {
  readonly key: string;
  readonly kind: string;
  readonly actorKind: string;
  readonly actorName: string;
  readonly reason: string | null;
  readonly itemCount: number;
  readonly at: Date;
}

interface Listener {
  readonly id: string;
  readonly subscriptions: readonly Subscription[];
  /** Where the channel was made. */
  readonly epoch: string | null;
  readonly revision: bigint | null;
}

type Summary = Pick<Notification, 'matchedCount' | 'tenantCount' | 'serviceIds' | 'moves' | 'sample'>;

/**
 * Reads the log from a cursor of its own and writes down what is to be sent to whom. Cursor and deliveries move in one
 * transaction, so a stop at any moment neither loses a change nor tells it twice to the queue. Revisions become visible in
 * their order, so nothing can appear behind the cursor.
 */
@Injectable()
export class LogReaderStore {
  constructor(private readonly database: Database) {}

  /** @returns true when there may be more; false at the end of the log, or when another replica is reading */
  readOn(): Promise<boolean> {
    return this.database.consistentRead(async (tx) => {
      const [lock] = await tx.$queryRaw<
        { isMine: boolean }[]
      >`SELECT pg_try_advisory_xact_lock(${READER_LOCK}::int, 1) AS "isMine"`;
      if (lock?.isMine !== true) return false;
      const [cursor] = await tx.$queryRaw<Place[]>`SELECT epoch, revision FROM notification_cursor WHERE id = 1`;
      const [end] = await tx.$queryRaw<Place[]>`SELECT epoch, revision FROM log_position WHERE id = 1`;
      if (cursor === undefined || end === undefined || isSame(cursor, end)) return false;
      const listeners = await listListeners(tx);
      // Nobody listens: there is no need to look at what nobody wants.
      const heads = listeners.length === 0 ? [] : await listHeads(tx, cursor, end);
      for (const head of heads) await enqueue(tx, head, listeners);
      const last = heads.at(-1) ?? end;
      await tx.$executeRaw`UPDATE notification_cursor SET epoch = ${last.epoch}, revision = ${last.revision} WHERE id = 1`;
      return heads.length > 0;
    });
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.epoch === other.epoch && one.revision === other.revision;
}

function listListeners(tx: Transaction): Promise<Listener[]> {
  return tx.$queryRaw<Listener[]>`
    SELECT c.id::text, c.subscriptions, made.epoch, made.revision
    FROM notification_channels c LEFT JOIN changes made ON made.key = c.created_by WHERE c.is_enabled`;
}

/** The next changes after the cursor. Epochs sort by their bytes; within one, the primary key finds the place. */
async function listHeads(tx: Transaction, cursor: Place, end: Place): Promise<Head[]> {
  const within = await listHeadsOf(tx, cursor);
  if (within.length > 0 || cursor.epoch === end.epoch) return within;
  const [next] = await tx.$queryRaw<{ epoch: string | null }[]>`
    SELECT min(epoch COLLATE "C") AS epoch FROM changes WHERE epoch COLLATE "C" > ${cursor.epoch}`;
  return next?.epoch == null ? [] : listHeadsOf(tx, { epoch: next.epoch, revision: 0n });
}

function listHeadsOf(tx: Transaction, { epoch, revision }: Place): Promise<Head[]> {
  return tx.$queryRaw<Head[]>`
    SELECT epoch, revision, key::text, kind, actor_kind AS "actorKind", actor_name AS "actorName", reason,
           item_count AS "itemCount", at
    FROM changes WHERE epoch = ${epoch} AND revision > ${revision} ORDER BY revision LIMIT ${BATCH}`;
}

async function enqueue(tx: Transaction, head: Head, listeners: readonly Listener[]): Promise<void> {
  // Channels that want the same share one look at the items: a change may have a hundred thousand of them.
  const summaries = new Map<string, Summary>();
  for (const listener of listeners) {
    if (!isAfter(head, listener)) continue;
    const wanted = listener.subscriptions.filter((one) => wantsKind(one, head.kind));
    if (wanted.length === 0) continue;
    const sign = JSON.stringify(
      wanted.map(({ serviceIds, tenantIds, tenantTags }) => [serviceIds, tenantIds, tenantTags]),
    );
    const summary = summaries.get(sign) ?? (await summarize(tx, head.key, wanted));
    summaries.set(sign, summary);
    if (summary.matchedCount > 0) await insertDelivery(tx, listener.id, head, summary);
  }
}

function isAfter(head: Head, { epoch, revision }: Listener): boolean {
  if (epoch === null || revision === null) return true;
  return head.epoch === epoch ? head.revision > revision : head.epoch > epoch;
}

function wantsKind({ kinds, groups }: Subscription, kind: string): boolean {
  if (kinds.length === 0 && groups.length === 0) return true;
  return (kinds as readonly string[]).includes(kind) || groups.includes(groupOfKind(kind));
}

async function summarize(tx: Transaction, key: string, wanted: readonly Subscription[]): Promise<Summary> {
  const [row] = await tx.$queryRaw<Summary[]>`
    WITH matched AS MATERIALIZED (
      SELECT i.index, i.entity, i.key, i.tenant_id, i.service_id,
        CASE WHEN i.before IS NULL THEN 'created' WHEN i.after IS NULL THEN 'deleted' ELSE 'updated' END AS action,
        CASE i.entity WHEN 'assignment' THEN i.before ->> 'version'
                      WHEN 'hold' THEN coalesce(i.after, i.before) ->> 'fromVersion' END AS from_version,
        CASE i.entity WHEN 'assignment' THEN i.after ->> 'version'
                      WHEN 'hold' THEN coalesce(i.after, i.before) ->> 'toVersion' END AS to_version
      FROM change_items i
      WHERE i.change_key = ${key}::uuid AND (${Prisma.join(wanted.map(itemsOf), ' OR ')})
    )
    SELECT count(*)::int AS "matchedCount", count(DISTINCT tenant_id)::int AS "tenantCount",
      ARRAY(SELECT DISTINCT service_id FROM matched WHERE service_id IS NOT NULL ORDER BY 1 LIMIT ${SHOWN_SERVICES})
        AS "serviceIds",
      coalesce((SELECT jsonb_agg(m) FROM (
        SELECT service_id AS "serviceId", from_version AS "fromVersion", to_version AS "toVersion", count(*)::int AS count
        FROM matched WHERE from_version IS NOT NULL OR to_version IS NOT NULL
        GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ${SHOWN_MOVES}) AS m), '[]') AS moves,
      coalesce((SELECT jsonb_agg(s) FROM (
        SELECT entity, key, tenant_id AS "tenantId", service_id AS "serviceId", action
        FROM matched ORDER BY index LIMIT ${SAMPLE_ITEMS}) AS s), '[]') AS sample
    FROM matched`;
  return row as Summary;
}

/** What a subscription wants of the items. What belongs to no tenant but reaches them counts as theirs. */
function itemsOf({ serviceIds, tenantIds, tenantTags }: Subscription): Prisma.Sql {
  const service = serviceIds.length === 0 ? Prisma.sql`TRUE` : Prisma.sql`i.service_id = ANY (${serviceIds}::text[])`;
  const isEverybody = tenantIds.length + tenantTags.length === 0;
  const tenant = isEverybody
    ? Prisma.sql`TRUE`
    : Prisma.sql`(
        (i.tenant_id IS NULL AND i.entity NOT IN ('tenant', 'user', 'api_key', 'channel', 'override'))
        OR coalesce(i.tenant_id, CASE WHEN i.entity = 'tenant' THEN i.key END) = ANY (${tenantIds}::text[])
        OR i.tenant_id IN (SELECT t.id FROM tenants t WHERE t.tags && ${tenantTags}::text[])
        OR (i.entity = 'tenant' AND (jsonb_exists_any(i.before -> 'tags', ${tenantTags}::text[])
                                  OR jsonb_exists_any(i.after -> 'tags', ${tenantTags}::text[]))))`;
  return Prisma.sql`(${service} AND ${tenant})`;
}

async function insertDelivery(tx: Transaction, channelId: string, head: Head, summary: Summary): Promise<void> {
  const notification: Notification = {
    changeId: `${head.epoch}-${head.revision}`,
    kind: head.kind,
    group: groupOfKind(head.kind),
    at: head.at.toISOString(),
    actor: { kind: head.actorKind, name: head.actorName },
    reason: head.reason,
    itemCount: head.itemCount,
    ...summary,
    isTest: false,
  };
  await tx.$executeRaw`
    WITH waiting AS (
      SELECT count(*) >= ${WAITING_LIMIT} AS is_full FROM notification_deliveries
      WHERE status = 'pending' AND channel_id = ${channelId}::uuid)
    INSERT INTO notification_deliveries (channel_id, epoch, revision, notification, status, last_error, ended_at)
    SELECT ${channelId}::uuid, ${head.epoch}, ${head.revision}, ${JSON.stringify(notification)}::jsonb,
      CASE WHEN is_full THEN 'dead' ELSE 'pending' END, CASE WHEN is_full THEN 'too many were waiting' END,
      CASE WHEN is_full THEN clock_timestamp() END
    FROM waiting ON CONFLICT (channel_id, epoch, revision) DO NOTHING`;
}
