import { findProgram, foldersOf } from '../find-program.ts';

/** Path of a server program, or why there is none. */
export type FoundRedis = { readonly path: string } | { readonly reason: string };

/** Valkey first: where both are installed it is the one that is still free software. */
const PROGRAMS = ['valkey-server', 'redis-server'];

/**
 * Finds a Redis-compatible server on the PATH. `GREY_REDIS_MISSING`, set by `npm test`, says why none could be installed.
 *
 * @param environment whose `PATH` is searched
 */
export function findRedis(environment: Readonly<Record<string, string | undefined>> = process.env): FoundRedis {
  const folders = foldersOf(environment);
  for (const program of PROGRAMS) {
    const place = findProgram(program, folders);
    if (place !== undefined) return { path: place };
  }
  return { reason: environment.GREY_REDIS_MISSING ?? `no ${PROGRAMS.join(' or ')} on the PATH` };
}

/**
 * Options for a `describe` or `test` that needs a real Redis: without one it is skipped by name, with the reason.
 * `describe('a follower', needsRedis(), () => { … })`
 */
export function needsRedis(): { readonly skip: boolean; readonly meta: object } {
  const found = findRedis();
  return 'reason' in found ? { skip: true, meta: { skipReason: found.reason } } : { skip: false, meta: {} };
}
