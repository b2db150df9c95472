import { type MyClient, quoted } from './my-client.ts';

/** A statement of rows is about so long, in characters: any server takes it. */
const STATEMENT_LENGTH = 256 * 1024;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isGenerated: number;
}

/** How values of a type are read, and written into a script. */
interface Form {
  /** What to ask for. */
  readonly ask: (column: string) => string;
  readonly write: (value: Buffer) => string;
}

const asNumber: Form = { ask: (column) => column, write: (value) => value.toString('latin1') };
const asText: Form = { ask: (column) => column, write: (value) => textLiteral(value.toString('utf8')) };
const asBytes: Form = {
  ask: (column) => column,
  write: (value) => (value.length === 0 ? "''" : `0x${value.toString('hex')}`),
};

/** A column is asked for as such unless the server would round it, or give it as characters that it is not. */
const FORMS: Readonly<Record<string, Form>> = {
  tinyint: asNumber,
  smallint: asNumber,
  mediumint: asNumber,
  int: asNumber,
  bigint: asNumber,
  decimal: asNumber,
  double: asNumber,
  year: asNumber,
  // In full: a float prints with six digits only.
  float: { ask: (column) => `CAST(${column} AS DOUBLE)`, write: asNumber.write },
  bit: asBytes,
  binary: asBytes,
  varbinary: asBytes,
  tinyblob: asBytes,
  blob: asBytes,
  mediumblob: asBytes,
  longblob: asBytes,
  geometry: asBytes,
  point: asBytes,
  linestring: asBytes,
  polygon: asBytes,
  multipoint: asBytes,
  multilinestring: asBytes,
  multipolygon: asBytes,
  geometrycollection: asBytes,
  geomcollection: asBytes,
};

/** Writes how a table is made and what it holds, as statements of a line each but for the first. */
export async function copyTable(
  client: MyClient,
  database: string,
  table: string,
  write: (chunk: string) => Promise<void>,
): Promise<void> {
  const [made] = await client.run<Record<string, string>>(`SHOW CREATE TABLE ${quoted(table)}`);
  await write(`${made?.['Create Table'] ?? ''};\n`);
  const columns = await client.run<Column>(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, EXTRA LIKE '%GENERATED%' AND EXTRA NOT LIKE 'DEFAULT_GENERATED%' AS isGenerated
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  const copied = columns.filter(({ isGenerated }) => Number(isGenerated) === 0);
  const forms = copied.map(({ type }) => FORMS[type.toLowerCase()] ?? asText);
  const asked = copied.map(({ name }, at) => (forms[at] as Form).ask(quoted(name)));
  const head = `INSERT INTO ${quoted(table)} (${copied.map(({ name }) => quoted(name)).join(', ')}) VALUES `;
  let rows: string[] = [];
  let length = 0;
  const flush = async () => {
    if (rows.length > 0) await write(`${head}${rows.join(',')};\n`);
    rows = [];
    length = 0;
  };
  await client.read(`SELECT ${asked.join(', ')} FROM ${quoted(table)}`, (row) => {
    const values = row.map((value, at) => (value === null ? 'NULL' : (forms[at] as Form).write(value as Buffer)));
    const text = `(${values.join(',')})`;
    rows.push(text);
    length += text.length;
    return length < STATEMENT_LENGTH ? undefined : flush();
  });
  await flush();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\x1a': '\\Z',
  "'": "\\'",
  '\\': '\\\\',
};

function textLiteral(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  return `'${text.replaceAll(/[\0\n\r\x1a'\\]/g, (one) => ESCAPES[one] as string)}'`;
}
