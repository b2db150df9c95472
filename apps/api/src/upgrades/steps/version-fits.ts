import type { VersionRecord } from '@grey/route-core';

type Range = Pick<VersionRecord, 'schemaMin' | 'schemaMax'>;

/** Whether a version serves a schema that has everything from `floor` to `top`, as the schema guard sees it. Pure. */
export function fitsInterval({ schemaMin, schemaMax }: Range, floor: number, top: number): boolean {
  return (schemaMin ?? Number.NEGATIVE_INFINITY) <= top && (schemaMax ?? Number.POSITIVE_INFINITY) >= floor;
}

/** `1 to 3`, `from 2`, `up to 4`, `any`. */
export function rangeText({ schemaMin, schemaMax }: Range): string {
  if (schemaMin === undefined && schemaMax === undefined) return 'any schema';
  if (schemaMin === undefined) return `schemas up to ${schemaMax}`;
  if (schemaMax === undefined) return `schemas from ${schemaMin}`;
  return schemaMin === schemaMax ? `schema ${schemaMin}` : `schemas ${schemaMin} to ${schemaMax}`;
}

/** Older versions that somebody may still be routed to, and that no guard keeps off a contracted schema. */
export function unguardedVersions(
  versions: readonly VersionRecord[],
  target: Pick<VersionRecord, 'ordinal'>,
): string[] {
  return versions
    .filter(
      ({ status, ordinal, schemaMax }) => status !== 'retired' && ordinal < target.ordinal && schemaMax === undefined,
    )
    .map(({ version }) => version);
}
