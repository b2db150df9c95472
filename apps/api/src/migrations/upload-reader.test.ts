import { afterAll, expect, test } from 'vitest';
import { readUpload, type Upload } from './read-upload.ts';
import { UploadReader } from './upload-reader.ts';

const reader = new UploadReader();
afterAll(() => reader.onApplicationShutdown());

const header = { serviceId: 'pay', version: 'v2.0.0', schemaVersion: 2, engine: 'postgres' } as const;
const statements = (count: number) =>
  `-- grey: irreversible data\n${'INSERT INTO accounts VALUES (1);\n'.repeat(count)}`;
const uploadOf = (count: number): Upload => ({
  header,
  files: [
    { path: 'V2.0.0/0001_fill.migrate.up.sql', text: statements(count) },
    { path: 'V2.0.0/notes.doc', text: '' },
  ],
});

test.each([3, 1_000])('%i statements read alike, here or on a thread of their own', async (count) => {
  const [here, there] = await Promise.all([readUpload(uploadOf(count)), reader.read(uploadOf(count))]);
  expect(there).toEqual(here);
  expect(there.report?.migrations[0]?.up).toHaveLength(count);
  expect(there.findings.map(({ code }) => code)).toEqual(['FILE_UNKNOWN']);
});

test('a thread that ends leaves nobody waiting, and the next upload gets another', async () => {
  const told = expect(reader.read(uploadOf(1_000))).rejects.toThrow('the thread that reads migrations has ended');
  await reader.onApplicationShutdown();
  await told;
  expect((await reader.read(uploadOf(1_000))).migrations).toHaveLength(1);
});
