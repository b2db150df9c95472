import { Prisma } from '../../generated/client.ts';

/** Which changes; all parts must fit. */
export interface ChangeFilter {
  readonly tenantId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly kind?: string | undefined;
  /** Part of the name of who did it, in either case, or the whole id. */
  readonly actor?: string | undefined;
  /** ISO 8601, both inclusive. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Code of objections that the change set aside. */
  readonly overridden?: string | undefined;
}

/** Conditions on the head of a change, of a table called `c`; each begins with AND. */
export function matchesHead({ kind, actor, since, until }: ChangeFilter): Prisma.Sql {
  return Prisma.sql`
    ${kind === undefined ? Prisma.empty : Prisma.sql`AND c.kind = ${kind}`}
    ${actor === undefined ? Prisma.empty : Prisma.sql`AND (c.actor_id = ${actor} OR strpos(lower(c.actor_name), lower(${actor})) > 0)`}
    ${since === undefined ? Prisma.empty : Prisma.sql`AND c.at >= ${new Date(since)}`}
    ${until === undefined ? Prisma.empty : Prisma.sql`AND c.at <= ${new Date(until)}`}`;
}

/** Conditions on what a change did, of a table called `i`; each begins with AND. */
export function matchesItem({ tenantId, serviceId, overridden }: ChangeFilter): Prisma.Sql {
  return Prisma.sql`
    ${tenantId === undefined ? Prisma.empty : Prisma.sql`AND i.tenant_id = ${tenantId}`}
    ${serviceId === undefined ? Prisma.empty : Prisma.sql`AND i.service_id = ${serviceId}`}
    ${overridden === undefined ? Prisma.empty : Prisma.sql`AND i.entity = 'override' AND i.key = ${overridden}`}`;
}
