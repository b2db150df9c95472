import type { Transaction } from './database.ts';
import type { ServiceRow, VersionRow } from './rows.ts';

/** A service row with all that decides for it. */
export interface ServiceParts extends ServiceRow {
  readonly versions: readonly VersionRow[];
  readonly liveRules: { readonly record: unknown } | null;
  readonly experiments: readonly { readonly record: unknown }[];
}

/**
 * Services with all that decides for them, by id.
 *
 * @param ids null: every service
 */
export async function readServiceParts(tx: Transaction, ids: readonly string[] | null): Promise<ServiceParts[]> {
  const wanted = ids === null ? {} : { in: [...ids] };
  // One after the other: a transaction has one connection, and a query of Prisma with several relations sends them at once.
  const services = await tx.service.findMany({
    where: { id: wanted },
    include: { versions: { orderBy: { ordinal: 'asc' } } },
    orderBy: { id: 'asc' },
  });
  const live = services.flatMap(({ id, liveRuleSet }) =>
    liveRuleSet === null ? [] : [{ serviceId: id, number: liveRuleSet }],
  );
  const ruleSets =
    live.length === 0
      ? []
      : await tx.$queryRaw<{ serviceId: string; record: unknown }[]>`
          SELECT r.service_id AS "serviceId", r.record FROM rule_sets r
          JOIN unnest(${live.map((one) => one.serviceId)}::text[], ${live.map((one) => one.number)}::int[]) AS l (id, number)
            ON r.service_id = l.id AND r.number = l.number`;
  const experiments = await tx.experiment.findMany({
    where: { serviceId: wanted },
    select: { serviceId: true, record: true },
    orderBy: { id: 'asc' },
  });
  const rulesOf = new Map(ruleSets.map((one) => [one.serviceId, one]));
  const experimentsOf = Map.groupBy(experiments, (one) => one.serviceId);
  return services.map((service) => ({
    ...service,
    liveRules: rulesOf.get(service.id) ?? null,
    experiments: experimentsOf.get(service.id) ?? [],
  }));
}
