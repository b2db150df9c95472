import { existsSync } from 'node:fs';
import { type CommandOptions, runCommand } from './run-command.ts';

/**
 * Installs packages of the distribution, where that can be done: as root on Debian and its kin.
 *
 * @param what in words, for the developer who waits
 * @returns why it could not be tried or did not work; undefined when apt-get was content
 */
export async function installPackages(
  what: string,
  packages: readonly string[],
  options: CommandOptions,
): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return `no ${what} on this machine, and only root can install one`;
  if (!existsSync('/usr/bin/apt-get')) return `no ${what} on this machine, and no apt-get to install one`;
  console.log(`   installing ${what} from the distribution …`);
  // A server that a package brings must not be started beside the private ones of the tests: where System V's scripts are
  // asked, none is in run level 1.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await runCommand('apt-get', ['update', '-q'], { ...options, env });
  const args = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  const { code, output } = await runCommand('apt-get', args, { ...options, env });
  return code === 0 ? undefined : `apt-get could not install ${what}: ${output.trimEnd().split('\n').at(-1) ?? ''}`;
}
