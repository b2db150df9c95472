import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { demoMigrationsFolder } from '../locations.ts';
import { migratedService } from './catalogue.ts';

const folder = path.join(demoMigrationsFolder, migratedService.serviceId, 'V2.0.0');

/** The files of the demo's migrations, as the API takes them, in the order they run. */
export async function readDemoFiles(): Promise<{ path: string; text: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({ path: `V2.0.0/${name}`, text: await readFile(path.join(folder, name), 'utf8') })),
  );
}

/** The SQL that leads forward, a text for each migration. */
export async function readDemoMigrations(): Promise<string[]> {
  return (await readDemoFiles()).filter((file) => file.path.endsWith('.up.sql')).map(({ text }) => text);
}
