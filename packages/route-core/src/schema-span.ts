import { PAGE_BITS, PAGE_MASK } from './pages.ts';
import type { SchemaRecord } from './records.ts';
import type { ServiceSlot } from './service-slot.ts';

/** A schema as the columns hold it. */
export interface SchemaSpan {
  /** NaN = none recorded */
  readonly schemaVersion: number;
  /** NaN = no further than `schemaVersion` */
  readonly expandedTo: number;
  readonly isMigrating: boolean;
}

export const NO_SCHEMA: SchemaSpan = Object.freeze({
  schemaVersion: Number.NaN,
  expandedTo: Number.NaN,
  isMigrating: false,
});

/** One form for one meaning: an end that is not above the beginning says nothing. */
export function spanOf({ schemaVersion, expandedTo = Number.NaN, isMigrating = false }: SchemaRecord): SchemaSpan {
  if (Number.isNaN(schemaVersion)) return NO_SCHEMA;
  return { schemaVersion, expandedTo: expandedTo > schemaVersion ? expandedTo : Number.NaN, isMigrating };
}

export function isNone(span: SchemaSpan): boolean {
  return Number.isNaN(span.schemaVersion);
}

export function isSameSpan(one: SchemaSpan, other: SchemaSpan): boolean {
  return (
    Object.is(one.schemaVersion, other.schemaVersion) &&
    Object.is(one.expandedTo, other.expandedTo) &&
    one.isMigrating === other.isMigrating
  );
}

type Columns = Pick<ServiceSlot, 'schemas' | 'expansions' | 'marks'>;

/** The schema version of the tenant's database; NaN where none is recorded. @param ordinal -1: of nobody */
export function schemaOf(slot: Pick<Columns, 'schemas'>, ordinal: number): number {
  return ordinal < 0 ? Number.NaN : (slot.schemas[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? Number.NaN);
}

/** NaN where it is not expanded beyond its version. @param ordinal -1: of nobody */
export function expansionOf(slot: Pick<Columns, 'expansions'>, ordinal: number): number {
  return ordinal < 0 ? Number.NaN : (slot.expansions[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] ?? Number.NaN);
}

/** @param ordinal -1: of nobody */
export function isMarked(slot: Pick<Columns, 'marks'>, ordinal: number): boolean {
  return ordinal >= 0 && slot.marks[ordinal >>> PAGE_BITS]?.[ordinal & PAGE_MASK] === 1;
}

export function readSpan(slot: Columns, ordinal: number): SchemaSpan {
  return {
    schemaVersion: schemaOf(slot, ordinal),
    expandedTo: expansionOf(slot, ordinal),
    isMigrating: isMarked(slot, ordinal),
  };
}
