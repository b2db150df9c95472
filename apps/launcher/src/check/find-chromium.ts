import { existsSync } from 'node:fs';
import type { CommandOptions } from './run-command.ts';
import { runCommand } from './run-command.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a browser, or why there is none. */
export type FoundChromium = { readonly path: string } | { readonly reason: string };

/** Finds a Chromium; root on Debian and its kin installs one when there is none. */
export async function findChromium(options: CommandOptions): Promise<FoundChromium> {
  const found = PLACES.find((place) => existsSync(place));
  if (found !== undefined) return { path: found };
  if (process.getuid?.() !== 0) return { reason: 'no Chromium on this machine, and only root can install one' };
  if (!existsSync('/usr/bin/apt-get')) return { reason: 'no Chromium on this machine, and no apt-get to install one' };
  console.log('   installing Chromium from the distribution …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update', '-q'], { ...options, env });
  const installed = await runCommand(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-liberation', 'fonts-wqy-microhei'],
    { ...options, env },
  );
  const now = PLACES.find((place) => existsSync(place));
  if (now !== undefined) return { path: now };
  return { reason: `apt-get could not install chromium: ${installed.output.trimEnd().split('\n').at(-1) ?? ''}` };
}
