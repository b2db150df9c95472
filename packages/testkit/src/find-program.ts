import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The folders of a `PATH`. */
export function foldersOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return (environment.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
}

/** The first of the folders that has an executable file of that name; undefined when none has. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find(isProgram);
}

function isProgram(place: string): boolean {
  try {
    accessSync(place, constants.X_OK);
    return statSync(place).isFile();
  } catch {
    return false;
  }
}
