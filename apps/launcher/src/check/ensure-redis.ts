import { existsSync } from 'node:fs';
import { findRedis } from '@grey/testkit';
import { installPackages } from './install-packages.ts';
import { type CommandOptions, runCommand } from './run-command.ts';

/**
 * Sees to it that the suites find a Redis server on the PATH; root on Debian and its kin installs one when there is none.
 *
 * @returns environment for the suites: why there is none, which they give as the reason of what they skip
 */
export async function ensureRedis(options: CommandOptions): Promise<Readonly<Record<string, string>>> {
  if ('path' in findRedis()) return {};
  const failure = await installPackages('redis-server', ['redis-server'], options);
  if (failure === undefined) await stopService(options);
  const found = findRedis();
  return 'path' in found ? {} : { GREY_REDIS_MISSING: failure ?? found.reason };
}

/** The package starts a service on port 6379, which nobody asked for. It was not there before, so this stops only ours. */
async function stopService(options: CommandOptions): Promise<void> {
  if (existsSync('/run/systemd/system')) {
    await runCommand('systemctl', ['disable', '--now', 'redis-server.service'], options);
  } else if (existsSync('/etc/init.d/redis-server')) {
    await runCommand('/etc/init.d/redis-server', ['stop'], options);
  }
}
