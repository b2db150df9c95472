import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMigrationSet } from './read-migration-set.ts';
import { readSetDirectory } from './read-set-directory.ts';
import { DEFAULT_SET_LIMITS } from './set-limits.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'grey-set-'));
  await mkdir(path.join(folder, 'V2.1.0'));
  await writeFile(path.join(folder, 'V2.1.0', '0001_a.up.sql'), '\uFEFFcreate table ä ();\r\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('reads a directory as an upload of the same files', async () => {
  await writeFile(path.join(folder, '.gitignore'), '');
  const { files, findings } = await readSetDirectory(folder);
  expect(findings).toEqual([]);
  expect(files).toEqual([{ path: 'V2.1.0/0001_a.up.sql', text: '\uFEFFcreate table ä ();\r\n' }]);
  const header = { serviceId: 'pay', version: 'V2.1.0', schemaVersion: 1, engine: 'postgres' } as const;
  expect(readMigrationSet(files, header).set?.migrations[0]?.up).toBe('create table ä ();\n');
});

test('keeps the name of a version folder that is read by itself', async () => {
  const { files } = await readSetDirectory(path.join(folder, 'V2.1.0'));
  expect(files.map((file) => file.path)).toEqual(['V2.1.0/0001_a.up.sql']);
});

test('follows no link out of the directory', async () => {
  await symlink('/etc/hosts', path.join(folder, '0002_b.up.sql'));
  const { files, findings } = await readSetDirectory(folder);
  expect(files).toHaveLength(1);
  expect(findings).toMatchObject([{ code: 'FILE_UNREADABLE', file: '0002_b.up.sql' }]);
});

test('refuses bytes that are no UTF-8', async () => {
  await writeFile(path.join(folder, '0002_b.up.sql'), new Uint8Array([0x73, 0xe4, 0x20]));
  expect((await readSetDirectory(folder)).findings).toMatchObject([{ code: 'FILE_NOT_TEXT', file: '0002_b.up.sql' }]);
});

test('stops at the limits', async () => {
  await writeFile(path.join(folder, '0002_b.up.sql'), 'x'.repeat(50));
  const read = async (limits: object) =>
    (await readSetDirectory(folder, { ...DEFAULT_SET_LIMITS, ...limits })).findings.map((one) => one.code);
  expect(await read({ fileCount: 1 })).toEqual(['FILES_TOO_MANY']);
  expect(await read({ fileBytes: 49 })).toEqual(['FILE_TOO_LARGE']);
  expect(await read({ setBytes: 60 })).toEqual(['SET_TOO_LARGE']);
});

test('throws when there is no such directory', async () => {
  await expect(readSetDirectory(path.join(folder, 'none'))).rejects.toThrow('ENOENT');
});
