import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Where Debian and its kin keep servers, a folder for each major version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export type FoundSystemPostgres =
  | { readonly programFolder: string; readonly major: number }
  | { readonly reason: string };

/**
 * Finds a PostgreSQL of the distribution, usually some years older than the embedded one; the oldest where there are several.
 * `GREY_POSTGRES_MISSING` says why none could be installed.
 */
export function findSystemPostgres(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): FoundSystemPostgres {
  const majors = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).map(Number).filter(Number.isInteger) : [];
  for (const major of majors.sort((one, other) => one - other)) {
    const programFolder = path.join(DEBIAN_FOLDER, String(major), 'bin');
    if (existsSync(path.join(programFolder, 'initdb')) && existsSync(path.join(programFolder, 'postgres'))) {
      return { programFolder, major };
    }
  }
  return { reason: environment.GREY_POSTGRES_MISSING ?? `no PostgreSQL server below ${DEBIAN_FOLDER}` };
}

/** Options for a `describe` or `test` that needs it: without one it is skipped by name, with the reason. */
export function needsSystemPostgres(): { readonly skip: boolean; readonly meta: object } {
  const found = findSystemPostgres();
  return 'reason' in found ? { skip: true, meta: { skipReason: found.reason } } : { skip: false, meta: {} };
}
