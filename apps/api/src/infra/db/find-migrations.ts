import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Finds `prisma/migrations` above a source or compiled file: the two lie at different depths.
 *
 * @throws Error when no parent folder has it
 */
export function findMigrations(file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'prisma', 'migrations');
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) throw new Error(`No prisma/migrations above ${file}.`);
  }
}
