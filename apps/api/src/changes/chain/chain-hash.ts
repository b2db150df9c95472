import { createHash } from 'node:crypto';
import { Prisma } from '../../../generated/client.ts';

/** What the first change of the chain follows; 32 zero bytes. */
export const GENESIS = '00'.repeat(32);
/** What stands in the log in place of something personal that was erased. */
export const ERASED = 'erased';

/** Entities whose items say something about a person; each has a salt of its own, which erasure destroys with them. */
export const personalEntities = ['user', 'api_key'] as const;

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

/** One change as a link of the chain; hashes in hex. */
export interface Link {
  readonly epoch: string;
  readonly revision: number;
  /** When; milliseconds since 1970. */
  readonly atMs: number;
  readonly payloadHash: string;
}

/**
 * The twin of what the log computes when it takes a position: SHA-256 over the hash before (32 bytes), the text
 * `epoch-revision milliseconds ` and the payload hash (32 bytes).
 *
 * @param previous hash of the change before, hex; {@link GENESIS} for the first
 * @returns hex
 */
export function chainHashOf(previous: string, { epoch, revision, atMs, payloadHash: payload }: Link): string {
  return createHash('sha256')
    .update(Buffer.from(previous, 'hex'))
    .update(`${epoch}-${revision} ${atMs} `)
    .update(Buffer.from(payload, 'hex'))
    .digest('hex');
}
