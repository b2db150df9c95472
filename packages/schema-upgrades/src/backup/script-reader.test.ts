import { expect, test } from 'vitest';
import { ScriptReader } from './script-reader.ts';

test('rows end where they end, wherever the text is cut', async () => {
  const text = Buffer.from(
    "COPY t (a) FROM stdin;\n1\\\\.\n\\\\.\n2\n\\.\nSELECT 1;\nCOPY t (a) FROM stdin;\n\\.\nSELECT 'a;\nb';\n",
  );
  const wanted = [
    'COPY t (a) FROM stdin;',
    '1\\\\.\n\\\\.\n2\n',
    'SELECT 1',
    'COPY t (a) FROM stdin;',
    '',
    "SELECT 'a;\nb'",
  ];
  for (let size = 1; size <= text.length; size++) expect(await read(text, 'postgres', size)).toEqual(wanted);
});

test.each([
  ['a statement', 'mysql', `INSERT INTO t VALUES (0x${'ab'.repeat(15_000_000)});\n`],
  ['a row', 'postgres', `COPY t (a) FROM stdin;\n${'x'.repeat(30_000_000)}\n\\.\n`],
] as const)('takes time in proportion to the length of %s', async (_, engine, text) => {
  // A reader that copied what it has with every chunk would not come back from this before the test's time is up.
  const parts = await read(Buffer.from(text), engine, 4_096);
  expect(parts.join('').length).toBeGreaterThan(30_000_000);
});

async function read(text: Buffer, engine: 'mysql' | 'postgres', size: number): Promise<string[]> {
  const parts: string[] = [];
  for await (const step of new ScriptReader(cut(text, size), engine).steps()) {
    parts.push(step.text);
    if (step.kind !== 'copy') continue;
    const rows: Buffer[] = [];
    for await (const chunk of step.rows) rows.push(chunk);
    parts.push(Buffer.concat(rows).toString());
  }
  return parts;
}

async function* cut(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
}
