import { scanMysql } from '../../sets/split/scan-mysql.ts';

/** Words behind which a statement names a table. */
const BEFORE_TABLE =
  /^(TABLES?|EXISTS|INTO|FROM|JOIN|UPDATE|TRUNCATE|ON|REFERENCES|IGNORE|TO|LIKE|LOW_PRIORITY|QUICK)$/i;
/** Statements whose commas outside brackets part tables. */
const LISTS = /^(DROP|RENAME|LOCK|DELETE|UPDATE|OPTIMIZE|ANALYZE)$/i;

/**
 * Those of the tables that a statement of MySQL or MariaDB names where a table may stand, in their order there; what it does to
 * them is not told. A reading of the surface: a name that is a column's as well may be taken for the table's.
 *
 * @param tables as the server writes them; the name of a database before one is not looked at
 */
export function tablesNamed(sql: string, tables: ReadonlySet<string>): string[] {
  const tokens = scanMysql(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  const pieces = tokens.map(({ start, end }) => sql.slice(start, end));
  const named = new Set<string>();
  const isList = LISTS.test(pieces[0] ?? '');
  let depth = 0;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] ?? '';
    if (piece === '(') depth++;
    else if (piece === ')') depth--;
    const isExpected = BEFORE_TABLE.test(piece) || (piece === ',' && depth === 0 && isList);
    if (!isExpected) continue;
    const name = bare(pieces[pieces[at + 2] === '.' ? at + 3 : at + 1]);
    // Where the server does not tell cases apart, its own names are in lower case.
    const found = tables.has(name) ? name : name.toLowerCase();
    if (tables.has(found)) named.add(found);
  }
  return [...named];
}

function bare(piece = ''): string {
  return piece.startsWith('`') ? piece.slice(1, -1).replaceAll('``', '`') : piece;
}
