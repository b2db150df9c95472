import { findSystemPostgres } from '@grey/testkit';
import { installPackages } from './install-packages.ts';
import type { CommandOptions } from './run-command.ts';
import { stopService } from './stop-service.ts';

/**
 * Sees to it that the suites find a PostgreSQL of the distribution beside the embedded one; root on Debian and its kin installs
 * one when there is none.
 *
 * @returns environment for the suites: why there is none, which they give as the reason of what they skip
 */
export async function ensurePostgres(options: CommandOptions): Promise<Readonly<Record<string, string>>> {
  if ('programFolder' in findSystemPostgres()) return {};
  const failure = await installPackages('PostgreSQL', ['postgresql'], options);
  if (failure === undefined) await stopService('postgresql', options);
  const found = findSystemPostgres();
  return 'programFolder' in found ? {} : { GREY_POSTGRES_MISSING: failure ?? found.reason };
}
