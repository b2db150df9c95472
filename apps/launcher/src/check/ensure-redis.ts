import { findRedis } from '@grey/testkit';
import { installPackages } from './install-packages.ts';
import type { CommandOptions } from './run-command.ts';
import { stopService } from './stop-service.ts';

/**
 * Sees to it that the suites find a Redis server on the PATH; root on Debian and its kin installs one when there is none.
 *
 * @returns environment for the suites: why there is none, which they give as the reason of what they skip
 */
export async function ensureRedis(options: CommandOptions): Promise<Readonly<Record<string, string>>> {
  if ('path' in findRedis()) return {};
  const failure = await installPackages('redis-server', ['redis-server'], options);
  if (failure === undefined) await stopService('redis-server', options);
  const found = findRedis();
  return 'path' in found ? {} : { GREY_REDIS_MISSING: failure ?? found.reason };
}
