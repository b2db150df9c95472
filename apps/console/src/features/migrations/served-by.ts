import type { Version } from '../../api/generated/model/index.ts';

/** Versions that are not retired and whose schema range holds a number; one without a bound is open on that side. */
export function servedBy(
  schemaVersion: number,
  versions: readonly Pick<Version, 'version' | 'status' | 'schemaMin' | 'schemaMax'>[],
): string[] {
  return versions
    .filter(
      ({ status, schemaMin, schemaMax }) =>
        status !== 'retired' &&
        (schemaMin ?? 0) <= schemaVersion &&
        schemaVersion <= (schemaMax ?? Number.POSITIVE_INFINITY),
    )
    .map(({ version }) => version);
}
