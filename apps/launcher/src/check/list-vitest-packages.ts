import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootFolder } from '../locations.ts';

/** Folders of the packages whose `test` script is vitest, packages before apps: what others rest on is told first. */
export function listVitestPackages(): string[] {
  return globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: rootFolder })
    .filter((file) => {
      const { scripts } = JSON.parse(readFileSync(path.join(rootFolder, file), 'utf8'));
      return typeof scripts?.test === 'string' && scripts.test.startsWith('vitest');
    })
    .map((file) => path.dirname(file))
    .sort()
    .reverse();
}
