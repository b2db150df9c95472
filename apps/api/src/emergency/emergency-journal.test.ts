import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmergencyJournal } from './emergency-journal.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'grey-journal-'));
  file = path.join(folder, 'emergency-journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const load = async () => (await new EmergencyJournal(folder).load()).records;

test('what was appended is there after a restart, in order', async () => {
  const journal = new EmergencyJournal(folder);
  expect(await load()).toEqual([]);
  await Promise.all([1, 2, 3].map((id) => journal.append({ id, text: 'line\nbreak' })));
  expect(await load()).toEqual([1, 2, 3].map((id) => ({ id, text: 'line\nbreak' })));
});

test('of a record that was cut off at any byte nothing counts, and those around it do', async () => {
  const journal = new EmergencyJournal(folder);
  await journal.append({ id: 1 });
  const one = readFileSync(file, 'utf8');
  await journal.append({ id: 2 });
  const both = readFileSync(file, 'utf8');
  for (let length = one.length; length < both.length - 1; length += 1) {
    writeFileSync(file, both.slice(0, length));
    const { records } = await new EmergencyJournal(folder).load();
    expect(records).toEqual([{ id: 1 }]);
    await new EmergencyJournal(folder).append({ id: 3 });
    expect(await load()).toEqual([{ id: 1 }, { id: 3 }]);
  }
});

test('a changed byte makes a record not count, and says so', async () => {
  await new EmergencyJournal(folder).append({ id: 1 });
  writeFileSync(file, readFileSync(file, 'utf8').replace('"id":1', '"id":7'));
  appendFileSync(file, 'noise\n');
  expect(await new EmergencyJournal(folder).load()).toEqual({ records: [], tornCount: 2 });
});

test('a disk that fails leaves the next record whole', async () => {
  const texts: string[] = [];
  let isFull = true;
  const journal = new EmergencyJournal(folder, {
    read: async () => texts.join(''),
    append: async (_, text) => {
      if (isFull) throw new Error('ENOSPC');
      texts.push(text);
    },
  });
  await expect(journal.append({ id: 1 })).rejects.toThrow('ENOSPC');
  isFull = false;
  await journal.append({ id: 2 });
  expect((await journal.load()).records).toEqual([{ id: 2 }]);
});
