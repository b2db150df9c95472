import { Prisma } from '../../../generated/client.ts';

/** A salt of 122 random bits. */
export const newSalt = Prisma.sql`decode(replace(gen_random_uuid()::text, '-', ''), 'hex')`;

/** True in SQL for an item (`entity` in scope) that is hashed with a salt. */
export const isPersonal = Prisma.sql`entity IN ('user', 'api_key')`;

/** Hash of an item whose columns, `salt` among them, are in scope. The text of `jsonb` is canonical: equal values, equal text. */
export const itemHash = Prisma.sql`sha256(coalesce(salt, ''::bytea) || convert_to(
  jsonb_build_array(index, entity, tenant_id, service_id, key, before, after)::text, 'UTF8'))`;

/** Hash of the actor: with its salt gone, nobody can find out by trying names. */
export const actorHash = Prisma.sql`sha256(actor_salt || convert_to(
  jsonb_build_array(actor_kind, actor_id, actor_name)::text, 'UTF8'))`;

export const reasonHash = Prisma.sql`sha256(reason_salt || convert_to(reason, 'UTF8'))`;

export const servicesHash = Prisma.sql`sha256(convert_to(services::text, 'UTF8'))`;

/** Hash of a head. Of persons it holds only what {@link actorHash} and {@link reasonHash} made of them. */
export const payloadHash = Prisma.sql`sha256(convert_to(jsonb_build_array(
  key::text, kind, encode(actor_hash, 'hex'), encode(reason_hash, 'hex'), item_count, encode(items_hash, 'hex'),
  encode(services_hash, 'hex'))::text, 'UTF8'))`;
