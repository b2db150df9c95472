import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const rootFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Where the launcher keeps everything that outlives a run; all of it may be deleted to begin anew. */
export const dataFolder = path.resolve(rootFolder, process.env.GREY_DATA_DIR || '.grey');

export const logFolder = path.join(dataFolder, 'logs');
export const apiProgram = path.join(rootFolder, 'apps/api/dist/src/main.js');
export const consoleFolder = path.join(rootFolder, 'apps/console/dist');
/** What versions of the demo bring for its tenants' databases, a folder for each service. */
export const demoMigrationsFolder = path.join(rootFolder, 'apps/launcher/migrations');
/** The launcher's own compiled file of that name. */
export const ownProgram = (name: string) => path.join(rootFolder, 'apps/launcher/dist', name);

/** A path as the person who typed `npm start` would write it. */
export function pathForPeople(target: string): string {
  const from = process.env.INIT_CWD ?? process.cwd();
  const relative = path.relative(from, target);
  return relative.startsWith('..') ? target : relative;
}
