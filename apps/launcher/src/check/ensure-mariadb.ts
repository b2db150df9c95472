import { findMariadb } from '@grey/testkit';
import { installPackages } from './install-packages.ts';
import type { CommandOptions } from './run-command.ts';
import { stopService } from './stop-service.ts';

/**
 * Sees to it that the suites find a MariaDB server; root on Debian and its kin installs one when there is none.
 *
 * @returns environment for the suites: why there is none, which they give as the reason of what they skip
 */
export async function ensureMariadb(options: CommandOptions): Promise<Readonly<Record<string, string>>> {
  if ('programs' in findMariadb()) return {};
  const failure = await installPackages('MariaDB', ['mariadb-server'], options);
  if (failure === undefined) await stopService('mariadb', options);
  const found = findMariadb();
  return 'programs' in found ? {} : { GREY_MARIADB_MISSING: failure ?? found.reason };
}
