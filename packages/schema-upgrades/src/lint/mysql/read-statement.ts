import { scanMysql } from '../../sets/split/scan-mysql.ts';

/**
 * A statement of MySQL or MariaDB as far as we read it: its words as written, without comments, strings as `''`, quoted
 * names as they are. Enough to tell kinds of statements apart, not a parse.
 */
export interface MysqlStatement {
  /** Words and marks joined by single blanks: `ALTER TABLE users ADD COLUMN x INT`. */
  readonly shape: string;
  /** The table an ALTER, DROP, TRUNCATE, RENAME, UPDATE, DELETE or index is about; null when we cannot tell. */
  readonly table: string | null;
  /** Parts of an ALTER TABLE between commas outside brackets: `ADD COLUMN x INT`. */
  readonly clauses: readonly string[];
}

const TABLE_OF: readonly RegExp[] = [
  /^(?:CREATE|ALTER|DROP|TRUNCATE|RENAME)(?: OR REPLACE)?(?: ONLINE| OFFLINE| IGNORE| TEMPORARY)*(?: TABLE)(?: IF(?: NOT)? EXISTS)? ([^ (]+)/i,
  /^TRUNCATE ([^ (]+)/i,
  /^CREATE(?: OR REPLACE)?(?: \w+)? INDEX .*? ON ([^ (]+)/i,
  /^DROP INDEX .*? ON ([^ (]+)/i,
  /^UPDATE(?: LOW_PRIORITY| IGNORE)* ([^ (,]+)/i,
  /^DELETE(?: LOW_PRIORITY| QUICK| IGNORE)* FROM ([^ (,]+)/i,
];

/** Reads one statement; what the server would run from a comment (`/*! … *\/`) is read as part of it. */
export function readMysqlStatement(text: string): MysqlStatement {
  const sql = unwrap(text);
  const pieces: string[] = [];
  const clauses: string[] = [];
  let clause: string[] = [];
  let depth = 0;
  for (const { kind, start, end } of scanMysql(sql)) {
    const piece = sql.slice(start, end);
    if (kind === 'space' || kind === 'comment') continue;
    const shown = kind === 'string' ? "''" : piece;
    pieces.push(shown);
    if (piece === '(') depth++;
    if (piece === ')') depth--;
    if (piece === ',' && depth === 0) {
      clauses.push(clause.join(' '));
      clause = [];
    } else clause.push(shown);
  }
  clauses.push(clause.join(' '));
  const shape = pieces.join(' ').replaceAll(' . ', '.');
  const table = TABLE_OF.map((pattern) => pattern.exec(shape)?.[1]).find((name) => name !== undefined) ?? null;
  const head = /^ALTER(?: ONLINE| OFFLINE| IGNORE)* TABLE(?: IF EXISTS)? \S+(?: \. \S+)? /i;
  clauses[0] = clauses[0]!.replace(head, '');
  return { shape, table: table?.replaceAll('`', '') ?? null, clauses };
}

function unwrap(text: string): string {
  const open = /^\/\*M?!\d*/.exec(text);
  return open !== null && text.endsWith('*/') ? text.slice(open[0].length, -2) : text;
}
