import { importFault } from './import-fault.ts';

/**
 * Reads CSV (RFC 4180): the first line names the columns, `"` encloses cells, `""` is a quote within.
 *
 * @returns one object for each line, by column; empty cells are left out
 * @throws ApiError IMPORT_INVALID
 */
export function parseCsv(content: string): Record<string, string>[] {
  const [head, ...lines] = cellsOf(content);
  if (head === undefined) throw importFault('content', 'is empty');
  if (lines.length === 0) throw importFault('content', 'has no line below the names of the columns');
  const columns = head.map((name) => name.trim().toLowerCase());
  return lines.map((cells, index) => {
    if (cells.length > columns.length)
      throw importFault(`content[${index}]`, `has ${cells.length} cells for ${columns.length} columns`);
    return Object.fromEntries(
      cells.flatMap((cell, at) => (cell.trim() === '' ? [] : [[columns[at] as string, cell.trim()]])),
    );
  });
}

function cellsOf(content: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const endLine = () => {
    if (line.some((cell) => cell !== '')) lines.push(line);
    line = [];
  };
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  const text = content.replace(/^\uFEFF/, '');
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw importFault('content', `a quote is out of place after ${at} characters`);
    const [, quoted, plain = '', end] = match;
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && pattern.lastIndex < text.length) continue;
    if (end === ',') line.push('');
    endLine();
  }
  endLine();
  return lines;
}
