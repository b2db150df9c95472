import { assignRanges, type BucketRange, type ExperimentRecord } from '@grey/route-core';

/** What an operator says of an experiment; times ISO 8601, weights and shares in basis points. */
export interface ExperimentFields {
  readonly isRunning: boolean;
  readonly unit: ExperimentRecord['unit'];
  readonly whenMissing: ExperimentRecord['whenMissing'];
  readonly hashing: ExperimentRecord['hashing'];
  readonly variants: readonly { readonly name: string; readonly version: string; readonly weight: number }[];
  readonly when: unknown;
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly group: { readonly name: string; readonly share: number } | null;
}

/**
 * An experiment as the engine reads it, with the buckets of its variants given out: a variant that keeps its name and
 * does not lose weight keeps all it had.
 *
 * @param before the experiment as it was, if it is not new
 * @param groupRanges what it owns of its group
 */
export function experimentRecordOf(
  keys: { readonly id: string; readonly salt: string },
  fields: ExperimentFields,
  before: ExperimentRecord | undefined,
  groupRanges: readonly BucketRange[],
): ExperimentRecord {
  const previous = before?.variants.map(({ name, ranges }) => ({ key: name, ranges })) ?? [];
  const owned = assignRanges(
    previous,
    fields.variants.map(({ name, weight }) => ({ key: name, weight })),
  );
  const { when, startAt, endAt, group } = fields;
  return {
    ...keys,
    isRunning: fields.isRunning,
    unit: fields.unit,
    whenMissing: fields.whenMissing,
    hashing: fields.hashing,
    variants: fields.variants.map((variant, index) => ({ ...variant, ranges: owned[index]?.ranges ?? [] })),
    ...(when === null ? {} : { when: when as NonNullable<ExperimentRecord['when']> }),
    ...(startAt === null ? {} : { startAt: Date.parse(startAt) }),
    ...(endAt === null ? {} : { endAt: Date.parse(endAt) }),
    ...(group === null ? {} : { group: { name: group.name, ranges: groupRanges } }),
  };
}

/** What of an experiment an operator set. */
export function experimentFieldsOf(record: ExperimentRecord): ExperimentFields {
  const { group, startAt, endAt } = record;
  return {
    isRunning: record.isRunning,
    unit: record.unit,
    whenMissing: record.whenMissing,
    hashing: record.hashing,
    variants: record.variants.map(({ name, version, weight }) => ({ name, version, weight })),
    when: record.when ?? null,
    startAt: startAt === undefined ? null : new Date(startAt).toISOString(),
    endAt: endAt === undefined ? null : new Date(endAt).toISOString(),
    group: group === undefined ? null : { name: group.name, share: countOf(group.ranges) },
  };
}

/** How many buckets ranges hold together. */
export function countOf(ranges: readonly BucketRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}
