import type { WaveRow } from './batch-row.ts';

/** Waves that have something to take back. One that was stopped has, once it had begun. */
const TAKEABLE: ReadonlySet<WaveRow['state']> = new Set(['running', 'soaking', 'done', 'stopped']);

/**
 * Which waves somebody means. `current` is the wave under way, or the last that was: never the one before it, when it has
 * begun to go back by itself just before somebody asks for the same. Pure.
 *
 * @returns numbers, or why there are none
 */
export function wavesToTakeBack(
  waves: readonly Pick<WaveRow, 'number' | 'state' | 'startedAt'>[],
  wanted: 'current' | 'all',
): readonly number[] | string {
  const begun = waves.filter(({ startedAt }) => startedAt !== null);
  const takeable = begun.filter(({ state }) => TAKEABLE.has(state)).map(({ number }) => number);
  const last = begun.at(-1);
  if (last === undefined) return 'No wave has begun that could go back.';
  if (wanted === 'current' && !takeable.includes(last.number))
    return `Wave ${last.number} goes back already, or has; “all” takes those before it back as well.`;
  if (takeable.length === 0) return 'All waves that had begun go back already, or have.';
  return wanted === 'all' ? takeable : [last.number];
}
