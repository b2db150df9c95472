import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in the nearest package.json above this file, wherever it was built to. */
export function readOwnVersion(from = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      return String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: unknown }).version);
    } catch (error) {
      if (dirname(folder) === folder) throw error;
    }
  }
}
