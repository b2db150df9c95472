import type { ServiceRecord, SnapshotDelta } from './records.ts';

/** Whether a record says something that readers from before rules, lanes and flags would not act on. */
export function needsReaderOfRules(record: ServiceRecord): boolean {
  if (record.ruleSet ?? record.balancing ?? record.fallbackVersion ?? record.experiments?.[0]) return true;
  return record.defaults.some((d) => d.ranges !== undefined) || record.versions.some((v) => v.flags?.[0] !== undefined);
}

/**
 * The smallest format of changes whose readers act on all that this one says: 1, or 2 with rules, lanes and flags, or 3 with
 * schemas that are expanded or migrating.
 */
export function formatOfDelta({ services, lanes, schemas }: SnapshotDelta): 1 | 2 | 3 {
  if (schemas?.upsert?.some((one) => one.expandedTo !== undefined || one.isMigrating === true) === true) return 3;
  if (lanes !== undefined) return 2;
  return services?.upsert?.some(needsReaderOfRules) === true ? 2 : 1;
}
