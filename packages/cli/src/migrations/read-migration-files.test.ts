import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMigrationFiles } from './read-migration-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'grey-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string | Uint8Array = 'select 1;'): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

test('a folder of versions gives each its files, in the order of the versions', () => {
  for (const version of ['V2.10.0', 'V2.9.0']) write(`${version}/1_a.up.sql`);
  write('V2.9.0/1_a.down.sql');
  expect(readMigrationFiles(folder).map((one) => [one.version, one.files.map((file) => file.path)])).toEqual([
    ['V2.9.0', ['V2.9.0/1_a.down.sql', 'V2.9.0/1_a.up.sql']],
    ['V2.10.0', ['V2.10.0/1_a.up.sql']],
  ]);
});

test('the folder of a version is known by its own name; hidden files and links are left out', () => {
  write('V2.1.0/1_a.up.sql');
  write('V2.1.0/.1_b.up.sql.swp');
  symlinkSync('/etc/hosts', path.join(folder, 'V2.1.0/2_b.up.sql'));
  const read = readMigrationFiles(path.join(folder, 'V2.1.0'));
  expect(read).toEqual([{ version: 'V2.1.0', files: [{ path: 'V2.1.0/1_a.up.sql', text: 'select 1;' }] }]);
});

test('files in no folder of a version have none', () => {
  write('1_a.up.sql');
  expect(readMigrationFiles(folder)).toMatchObject([{ version: null, files: [{ path: '1_a.up.sql' }] }]);
});

test.each<[string, () => void, RegExp]>([
  ['no files', () => undefined, /has no files/],
  ['what is no text', () => write('1_a.up.sql', new Uint8Array([0x73, 0xe4, 0x20])), /as UTF-8/],
  ['too much', () => write('1_a.up.sql', 'x'.repeat(8_388_609)), /more than 8388608 bytes/],
])('%s is said instead of sent', (_, prepare, message) => {
  prepare();
  expect(() => readMigrationFiles(folder)).toThrow(message);
});
