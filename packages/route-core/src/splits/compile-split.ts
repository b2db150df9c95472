import { compileUnit, type Facts } from '../conditions/index.ts';
import type { HashPrefix } from '../murmur-hash3.ts';
import type { VersionNames } from '../names.ts';
import type { MissingUnit, SplitRecord } from '../routing-records.ts';
import { beginSalt } from './bucket-of.ts';
import { compileRanges, type RangeTable } from './range-table.ts';

/** A split with its versions as numbers of one service. */
export interface CompiledSplit {
  readonly unit: (facts: Facts) => string;
  readonly whenMissing: MissingUnit;
  readonly salt: HashPrefix;
  /** The owners are the versions' numbers. */
  readonly table: RangeTable;
}

export function compileSplit(split: SplitRecord, names: VersionNames): CompiledSplit {
  return {
    unit: compileUnit(split.unit),
    whenMissing: split.whenMissing,
    salt: beginSalt(split.salt),
    table: compileRanges(
      split.shares,
      split.shares.map(({ version }) => names.number(version)),
    ),
  };
}
