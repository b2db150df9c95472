import { Prisma } from '../../../generated/client.ts';

/** No id, label or JSON text holds these. */
const BETWEEN = '\u001f';
const NOTHING = '\u001e';

/**
 * A column of texts as one parameter, for `unnest`. An array would be escaped element by element, which takes longer than
 * writing a hundred thousand rows needs of this process otherwise.
 */
export function packed(values: readonly (string | null)[]): Prisma.Sql {
  if (values.length === 0) return Prisma.sql`'{}'::text[]`;
  const text = values.map((value) => value ?? NOTHING).join(BETWEEN);
  if (text === '' || countOf(text) !== values.length - 1)
    throw new Error('a value is empty or holds a control character');
  return Prisma.sql`string_to_array(${text}, ${BETWEEN}, ${NOTHING})`;
}

/** The fields of rows in one text, for large answers: see {@link unpackRows}. No field is null. */
export function packRows(fields: readonly Prisma.Sql[], from: Prisma.Sql): Prisma.Sql {
  const row = Prisma.join([...fields], ` || E'\\x1f' || `);
  return Prisma.sql`SELECT string_agg(${row}, E'\\x1e') AS rows FROM ${from}`;
}

export function unpackRows([answer]: readonly { readonly rows: string | null }[]): string[][] {
  if (answer === undefined || answer.rows === null) return [];
  return answer.rows.split(NOTHING).map((row) => row.split(BETWEEN));
}

function countOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf(BETWEEN); at >= 0; at = text.indexOf(BETWEEN, at + 1)) count += 1;
  return count;
}
