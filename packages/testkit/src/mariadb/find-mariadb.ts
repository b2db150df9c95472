import { findProgram, foldersOf } from '../find-program.ts';

/** The two programs a server needs. */
export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
}

/** Where the programs are, or why they are not. */
export type FoundMariadb = { readonly programs: MariadbPrograms } | { readonly reason: string };

/** Distributions keep servers where only root's PATH looks. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin'];

/**
 * Finds MariaDB's server. `GREY_MARIADB_MISSING`, set by `npm test`, says why none could be installed.
 *
 * @param environment whose `PATH` is searched first
 */
export function findMariadb(environment: Readonly<Record<string, string | undefined>> = process.env): FoundMariadb {
  const folders = [...foldersOf(environment), ...SYSTEM_FOLDERS];
  const server = findProgram('mariadbd', folders);
  const install = findProgram('mariadb-install-db', folders);
  if (server !== undefined && install !== undefined) return { programs: { server, install } };
  return { reason: environment.GREY_MARIADB_MISSING ?? 'no mariadbd with its mariadb-install-db on this machine' };
}

/**
 * Options for a `describe` or `test` that needs a real MariaDB: without one it is skipped by name, with the reason.
 * `describe('a driver', needsMariadb(), () => { … })`
 */
export function needsMariadb(): { readonly skip: boolean; readonly meta: object } {
  const found = findMariadb();
  return 'reason' in found ? { skip: true, meta: { skipReason: found.reason } } : { skip: false, meta: {} };
}
