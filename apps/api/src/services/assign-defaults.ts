import { assignRanges } from '@grey/route-core';
import type { ServiceRow } from '../infra/db/rows.ts';
import type { OwnedDefault } from './services.store.ts';

/** The default as it is stored, with who owns which buckets of a split. */
export function ownedDefaultsOf(row: ServiceRow): readonly OwnedDefault[] {
  return row.defaultVersions as unknown as OwnedDefault[];
}

/**
 * Gives out the buckets of a new default: a version whose weight does not fall keeps all that it had. A default of one
 * version owns all buckets and says nothing of them.
 *
 * @param before a default without ranges owns its weights in its order, as the engine reads it
 * @param wanted weights in basis points that add up to 10 000
 */
export function assignDefaults(
  before: readonly OwnedDefault[],
  wanted: readonly Pick<OwnedDefault, 'version' | 'weight'>[],
): OwnedDefault[] {
  if (wanted.length < 2) return wanted.map(({ version, weight }) => ({ version, weight }));
  const isOwned = before.some((one) => one.ranges !== undefined);
  const previous = isOwned
    ? before.map(({ version, ranges }) => ({ key: version, ranges: ranges ?? [] }))
    : assignRanges([], before.map(weightOf));
  const owned = assignRanges(previous, wanted.map(weightOf));
  return wanted.map(({ version, weight }, index) => ({ version, weight, ranges: [...(owned[index]?.ranges ?? [])] }));
}

function weightOf({ version, weight }: Pick<OwnedDefault, 'version' | 'weight'>) {
  return { key: version, weight };
}
