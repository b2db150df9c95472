import { findNginx } from '../find-nginx.ts';
import { installPackages } from './install-packages.ts';
import type { CommandOptions } from './run-command.ts';
import { stopService } from './stop-service.ts';

/**
 * Sees to it that the suites find an nginx; root on Debian and its kin installs one when there is none.
 *
 * @returns environment for the suites: why there is none, which they give as the reason of what they skip
 */
export async function ensureNginx(options: CommandOptions): Promise<Readonly<Record<string, string>>> {
  if ('path' in findNginx()) return {};
  const failure = await installPackages('nginx', ['nginx'], options);
  if (failure === undefined) await stopService('nginx', options);
  const found = findNginx();
  return 'path' in found ? {} : { GREY_NGINX_MISSING: failure ?? found.reason };
}
