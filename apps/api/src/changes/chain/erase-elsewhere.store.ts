import { Prisma } from '../../../generated/client.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { ERASED } from './chain-hash.ts';

/**
 * Takes a user out of what was made of the log and beside it: drafts, sync runs, holds, notifications, kept answers. To be
 * called before the user is taken out of the log, by which the notifications are found.
 *
 * @param names that the log knows the user by
 * @param withReasons also the reasons that the user gave
 */
export async function eraseElsewhere(
  tx: Transaction,
  userId: string,
  names: readonly string[],
  withReasons: boolean,
): Promise<void> {
  const nobody = JSON.stringify({ id: ERASED, name: ERASED });
  const isUser = (column: Prisma.Sql) => Prisma.sql`${column} ->> 'kind' = 'user' AND ${column} ->> 'id' = ${userId}`;
  await tx.$executeRaw`
    UPDATE rule_drafts SET saved_by = saved_by || ${nobody}::jsonb WHERE ${isUser(Prisma.sql`saved_by`)}`;
  await tx.$executeRaw`
    UPDATE holds SET created_by = created_by || ${nobody}::jsonb ${withReasons ? Prisma.sql`, reason = ${ERASED}` : Prisma.empty}
    WHERE ${isUser(Prisma.sql`created_by`)}`;
  await tx.$executeRaw`
    UPDATE holds SET lifted_by = lifted_by || ${nobody}::jsonb
      ${withReasons ? Prisma.sql`, lift_reason = ${ERASED}` : Prisma.empty}
    WHERE ${isUser(Prisma.sql`lifted_by`)}`;
  await tx.$executeRaw`
    UPDATE freezes SET created_by = created_by || ${nobody}::jsonb WHERE ${isUser(Prisma.sql`created_by`)}`;
  await tx.$executeRaw`
    UPDATE notification_deliveries d
    SET notification = jsonb_set(d.notification, '{actor,name}', to_jsonb(${ERASED}::text))
      ${withReasons ? Prisma.sql`|| '{"reason": null}'::jsonb` : Prisma.empty}
    FROM changes c
    WHERE c.epoch = d.epoch AND c.revision = d.revision AND c.actor_kind = 'user' AND c.actor_id = ${userId}`;
  await tx.$executeRaw`
    UPDATE notification_deliveries SET notification = jsonb_set(notification, '{sample}', '[]')
    WHERE notification ->> 'sample' LIKE ${`%${userId}%`}`;
  await tx.$executeRaw`UPDATE tenant_sync_runs SET actor_name = ${ERASED} WHERE actor_name = ANY (${[...names]}::text[])`;
  await tx.$executeRaw`
    DELETE FROM idempotency_keys WHERE caller_id = ${`user:${userId}`} OR answer LIKE ${`%${userId}%`}`;
}
