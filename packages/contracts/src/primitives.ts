import { z } from 'zod';

/**
 * The words every schema of the API is made of. Lengths are bounded here, once, so that no endpoint
 * accepts a text that a neighbour cannot store or print.
 */

/** Stable, case-sensitive name of a tenant, service or instance: 1–64 of `A–Z a–z 0–9 . _ -`, starting with a letter or digit. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'use 1–64 of A–Z a–z 0–9 . _ - and begin with a letter or digit');

export const tenantIdSchema = nameSchema.meta({ description: 'Id of a tenant; never used again after deletion.' });
export const serviceIdSchema = nameSchema.meta({ description: 'Id of a service.' });
export const instanceIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'use 1–128 of A–Z a–z 0–9 . _ : - and begin with a letter or digit')
  .meta({ description: 'Id of an instance, unique over all services.' });

/** A version label: SemVer or opaque, 1–64 characters. */
export const versionLabelSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, 'use 1–64 of A–Z a–z 0–9 . _ + - and begin with a letter or digit')
  .meta({ description: 'Version label, SemVer or opaque.' });

/** What PostgreSQL's INTEGER holds, which keeps some of the numbers of schemas. */
const HIGHEST_SCHEMA = 2_147_483_647;
/** Number of a tenant's schema of a service; higher is newer. */
export const schemaVersionSchema = z.int().min(0).max(HIGHEST_SCHEMA);

export const tagSchema = nameSchema.meta({ description: 'A tag: a short word to select by.' });
export const regionSchema = nameSchema.meta({ description: 'Region or data centre.' });
export const displayNameSchema = z.string().trim().min(1).max(120);
export const reasonSchema = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'Why, in the words of the operator.' });
/** PostgreSQL has no year 0, and ISO 8601 writes years beyond 9999 in a way that it cannot read; an offset may lead there. */
const isStorable = (text: string) => {
  const at = Date.parse(text);
  return at >= Date.parse('0001-01-01T00:00:00Z') && at <= Date.parse('9999-12-31T23:59:59.999Z');
};
const storable = 'must lie in the years 1 to 9999';
export const timestampSchema = z.iso.datetime().refine(isStorable, storable).meta({ description: 'ISO 8601, UTC.' });
/** A time with any offset. */
export const offsetTimestampSchema = z.iso.datetime({ offset: true }).refine(isStorable, storable);
export const tagsSchema = z
  .array(tagSchema)
  .max(32)
  .refine((tags) => new Set(tags).size === tags.length, 'each tag once');

/** Free key/value pairs kept with a tenant: at most 32, values of up to 256 characters. */
export const tenantMetadataSchema = z
  .record(nameSchema, z.string().max(256))
  .refine((pairs) => Object.keys(pairs).length <= 32, 'at most 32 entries');

/** `(epoch, revision)`: revision is gapless within an epoch; epochs sort by time. */
export const positionSchema = z
  .object({ epoch: z.string().min(1).max(40), revision: z.int().nonnegative() })
  .meta({ id: 'Position', description: 'Place in the log of changes.' });
export type Position = z.infer<typeof positionSchema>;

/** `?limit&cursor` of every list. Cursors are opaque and only good for the same filter. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(512).optional(),
});

/** A page: `nextCursor` is null on the last one. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });
}

/** Query-string form of a boolean. */
export const flagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');
