import { type CompiledCondition, compileCondition, compileUnit, type Facts } from '../conditions/index.ts';
import type { HashPrefix } from '../murmur-hash3.ts';
import type { VersionNames } from '../names.ts';
import type { ExperimentRecord } from '../routing-records.ts';
import { beginSalt } from '../splits/bucket-of.ts';
import { compileRanges, type RangeTable } from '../splits/range-table.ts';

export interface CompiledVariant {
  readonly number: number;
  /** What the decision says of it. */
  readonly taken: { readonly id: string; readonly variant: string };
}

/** An experiment ready to be asked. */
export interface CompiledExperiment {
  readonly id: string;
  readonly isRunning: boolean;
  /** Whether the time matters. */
  readonly isTimed: boolean;
  readonly startAt: number;
  readonly endAt: number;
  readonly condition: CompiledCondition | null;
  readonly unit: (facts: Facts) => string;
  readonly countsTenant: boolean;
  readonly isMd5: boolean;
  readonly salt: HashPrefix;
  readonly table: RangeTable;
  readonly variants: readonly CompiledVariant[];
  readonly group: { readonly name: string; readonly salt: HashPrefix; readonly table: RangeTable } | null;
}

/** In the order of their ids, in which they are asked. */
export function compileExperiments(records: readonly ExperimentRecord[], names: VersionNames): CompiledExperiment[] {
  return [...records].sort((x, y) => (x.id < y.id ? -1 : 1)).map((record) => compileExperiment(record, names));
}

function compileExperiment(record: ExperimentRecord, names: VersionNames): CompiledExperiment {
  const { id, group } = record;
  return {
    id,
    isRunning: record.isRunning,
    isTimed: (record.startAt ?? record.endAt) !== undefined,
    startAt: record.startAt ?? Number.NEGATIVE_INFINITY,
    endAt: record.endAt ?? Number.POSITIVE_INFINITY,
    condition: record.when === undefined ? null : compileCondition(record.when),
    unit: compileUnit(record.unit),
    countsTenant: record.whenMissing === 'tenant',
    isMd5: record.hashing === 'md5_java',
    salt: beginSalt(record.salt),
    table: compileRanges(record.variants),
    variants: record.variants.map(({ name, version }) => ({
      number: names.number(version),
      taken: Object.freeze({ id, variant: name }),
    })),
    group:
      group === undefined
        ? null
        : { name: group.name, salt: beginSalt(group.name), table: compileRanges([{ ranges: group.ranges }]) },
  };
}
