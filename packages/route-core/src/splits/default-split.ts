import type { DecisionRequest } from '../decision.ts';
import type { HashPrefix } from '../murmur-hash3.ts';
import type { VersionNames } from '../names.ts';
import type { ServiceRecord } from '../records.ts';
import { beginSalt, bucketOf } from './bucket-of.ts';
import { compileRanges, findOwner, NOBODY, type RangeTable } from './range-table.ts';

/** The weighted default of a service. */
export interface DefaultSplit {
  readonly numbers: readonly number[];
  /** The owners are the versions' numbers. */
  readonly table: RangeTable;
  /** The greatest share, the first of equals: what fallback `baseline` means. 0 = there is no default. */
  readonly baseline: number;
  /** The service's id salts the buckets. */
  readonly salt: HashPrefix;
}

/** @param record null: a service that the catalogue does not have */
export function compileDefaults(id: string, record: ServiceRecord | null, names: VersionNames): DefaultSplit {
  const given = record?.defaults ?? [];
  const numbers = given.map(({ version }) => names.number(version));
  let baseline = 0;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const [at, { weight }] of given.entries()) {
    if (weight <= greatest) continue;
    greatest = weight;
    baseline = numbers[at]!;
  }
  return { numbers, table: compileTable(given, numbers), baseline, salt: beginSalt(id) };
}

/** The ranges owned; where no version has any, each owns as many buckets as its weight, in order. */
function compileTable(given: ServiceRecord['defaults'], numbers: readonly number[]): RangeTable {
  if (given.some(({ ranges }) => ranges !== undefined)) {
    return compileRanges(
      given.map(({ ranges }) => ({ ranges: ranges ?? [] })),
      numbers,
    );
  }
  let end = 0;
  return given.flatMap(({ weight }, place) => {
    end += weight;
    return [end, numbers[place]!];
  });
}

/** Who is counted in a weighted default: the user, else the session, else the tenant. Empty ids count as missing. */
export function findDefaultUnit({ metadata, tenantId }: DecisionRequest): string {
  return metadata?.userId || metadata?.sessionId || tenantId;
}

/** The request's bucket where the default is a split; null where it is one version. */
export function findDefaultBucket({ numbers, salt }: DefaultSplit, request: DecisionRequest): number | null {
  return numbers.length === 1 ? null : bucketOf(salt, findDefaultUnit(request));
}

/** The version of a default that has any. Weights that do not reach 10 000 leave buckets without an owner: they get the baseline. */
export function findDefaultVersion({ baseline, numbers, table }: DefaultSplit, bucket: number | null): number {
  if (bucket === null) return numbers[0]!;
  const owner = findOwner(table, bucket);
  return owner === NOBODY ? baseline : owner;
}
