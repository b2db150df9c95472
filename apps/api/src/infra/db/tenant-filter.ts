import type { Prisma } from '../../../generated/client.ts';

export interface TenantFilter {
  readonly search?: string | undefined;
  readonly status?: string | undefined;
  readonly tier?: string | undefined;
  readonly region?: string | undefined;
  readonly tag?: string | undefined;
}

/** Prisma's form of a filter; text is matched as it stands, `%` and `_` included. */
export function whereOf(filter: TenantFilter, only: ReadonlySet<string> | null): Prisma.TenantWhereInput {
  const contains = filter.search && {
    contains: filter.search.replaceAll(/[\\%_]/g, '\\$&'),
    mode: 'insensitive' as const,
  };
  return {
    deletedAt: null,
    ...(only === null ? {} : { id: { in: [...only] } }),
    ...(contains ? { OR: [{ id: contains }, { name: contains }] } : {}),
    ...(filter.status === undefined ? {} : { status: filter.status }),
    ...(filter.tier === undefined ? {} : { tier: filter.tier }),
    ...(filter.region === undefined ? {} : { region: filter.region }),
    ...(filter.tag === undefined ? {} : { tags: { has: filter.tag } }),
  };
}
