import { existsSync } from 'node:fs';
import { installPackages } from './install-packages.ts';
import type { CommandOptions } from './run-command.ts';

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
  const failure = await installPackages('Chromium', ['chromium', 'fonts-liberation', 'fonts-wqy-microhei'], options);
  const now = PLACES.find((place) => existsSync(place));
  return now === undefined
    ? { reason: failure ?? 'Chromium was installed, but not where it is looked for' }
    : { path: now };
}
