import type { MigrationFile } from '../../api/generated/model/index.ts';

/** More than this nobody brings as migrations; a home folder dropped by mistake is not read to its end. */
const maxEntries = 5_000;

/** Reads files that were chosen, with the path inside the folder where a folder was chosen. */
export function readChosen(files: Iterable<File>): Promise<MigrationFile[]> {
  return Promise.all(
    [...files].slice(0, maxEntries).map((file) => readOne(file, file.webkitRelativePath || file.name)),
  );
}

/** Reads files and folders that were dropped, folders to their ground. */
export async function readDropped(items: DataTransferItemList): Promise<MigrationFile[]> {
  // The list is empty once the event has passed, so entries are taken at once.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found: MigrationFile[] = [];
  while (entries.length > 0 && found.length < maxEntries) {
    const entry = entries.shift();
    if (entry?.isDirectory) entries.push(...(await readFolder(entry as FileSystemDirectoryEntry)));
    else if (entry) found.push(await readEntry(entry as FileSystemFileEntry));
  }
  return found;
}

/** A browser hands out the entries of a folder in portions; an empty one is the end. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0 || entries.length > maxEntries) return entries;
    entries.push(...portion);
  }
}

async function readEntry(entry: FileSystemFileEntry): Promise<MigrationFile> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return readOne(file, entry.fullPath);
}

/** What is no SQL is not read: its name is enough to leave it out. */
async function readOne(file: File, path: string): Promise<MigrationFile> {
  return { path, text: /\.sql(\.conf)?$/i.test(path) ? await file.text() : '' };
}
