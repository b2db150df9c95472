import { Prisma } from '../../generated/client.ts';

/** The SQL twin of `isForOthers`, turned round, on items `i`: not holds and freezes for other tenants alone. */
export function isNotForOthers(tenantIds: readonly string[]): Prisma.Sql {
  const scope = Prisma.sql`coalesce(i.after, i.before)->'scope'`;
  const listed = Prisma.sql`coalesce(${scope}->'tenantIds', '[]')`;
  return Prisma.sql`(i.entity NOT IN ('hold', 'freeze') OR ${listed} = '[]'
    OR coalesce(${scope}->'tenantTags', '[]') <> '[]' OR jsonb_exists_any(${listed}, ${[...tenantIds]}::text[]))`;
}
