import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../migration.ts';
import { scanStatements, splitStatements } from './split-statements.ts';

const texts = (sql: string, engine: Engine) => splitStatements(sql, engine).statements.map((one) => one.text);

const postgresCases: [string, string, string[]][] = [
  ['plain statements', 'select 1; select 2;', ['select 1', 'select 2']],
  ['a last statement without its semicolon', 'select 1;\nselect 2', ['select 1', 'select 2']],
  ['nothing but comments as no statement', '-- a;\n/* b; */ ;;', []],
  ['a semicolon in a string', "select ';', 'it''s;';select 2", ["select ';', 'it''s;'", 'select 2']],
  ['a backslash in a plain string as itself', "select '\\';select 2", ["select '\\'", 'select 2']],
  ['a backslash in an E string as escape', "select E'\\';';select 2", ["select E'\\';'", 'select 2']],
  [
    'an E string that goes on in the next line',
    "select E'a'\n  '\\';';select 2",
    ["select E'a'\n  '\\';'", 'select 2'],
  ],
  ['a word that ends in e before a string', "select date'2026-01-01\\';x", ["select date'2026-01-01\\'", 'x']],
  ['nested comments', 'select /* ; /* ; */ ; */ 1; select 2', ['select /* ; /* ; */ ; */ 1', 'select 2']],
  ['a semicolon in a quoted name', 'select ";""x;"; y', ['select ";""x;"', 'y']],
  [
    'dollar quotes with tags inside one another',
    'do $a$ x; $b$ ; $b$ $$;$$ $a$; y',
    ['do $a$ x; $b$ ; $b$ $$;$$ $a$', 'y'],
  ],
  ['a dollar inside a word', 'select a$b$ ; select c$b$', ['select a$b$', 'select c$b$']],
  ['parameters', 'select $1; select $2', ['select $1', 'select $2']],
  ['a comment mark in a string', "select '--;', '/*'; y", ["select '--;', '/*'", 'y']],
  [
    'brackets of a rule',
    'create rule r as on insert to t do (select 1; select 2); y',
    ['create rule r as on insert to t do (select 1; select 2)', 'y'],
  ],
  [
    'a body in SQL with CASE',
    'create or replace function f() returns int begin atomic select case when 1=1 then 2 end; select 3; end; y',
    ['create or replace function f() returns int begin atomic select case when 1=1 then 2 end; select 3; end', 'y'],
  ],
  ['BEGIN outside a routine', 'begin; select 1; end;', ['begin', 'select 1', 'end']],
];

const mysqlCases: [string, string, string[]][] = [
  ['plain statements', 'select 1; select 2;', ['select 1', 'select 2']],
  ['backslashes in strings of both kinds', `select '\\';', "\\";"; y`, [`select '\\';', "\\";"`, 'y']],
  ['backticks', 'select `;``;`; y', ['select `;``;`', 'y']],
  ['hash comments', 'select 1 # ;\n; y', ['select 1', 'y']],
  ['two minus signs without a blank as arithmetic', 'select 1--1; y', ['select 1--1', 'y']],
  ['comments that do not nest', 'select /* /* ; */ 1; y', ['select /* /* ; */ 1', 'y']],
  ['a comment the server runs', '/*!50003 create trigger t; */; y', ['/*!50003 create trigger t; */', 'y']],
  [
    'another delimiter and back',
    'DELIMITER //\ncreate trigger t begin x; y; end//\ndelimiter ;\nz;',
    ['create trigger t begin x; y; end', 'z'],
  ],
  ['a delimiter that touches a word', 'delimiter $$\nbegin x; end$$\nselect 1$$', ['begin x; end', 'select 1']],
  ['the word delimiter within a statement', 'select\ndelimiter from t; y', ['select\ndelimiter from t', 'y']],
];

describe('splits PostgreSQL at', () => {
  test.each(postgresCases)('%s', (_, sql, wanted) => expect(texts(sql, 'postgres')).toEqual(wanted));
});

describe('splits MySQL at', () => {
  test.each(mysqlCases)('%s', (_, sql, wanted) => expect(texts(sql, 'mysql')).toEqual(wanted));
});

test.each<[string, Engine, number, string]>([
  ["select 1;\nselect 'x", 'postgres', 2, 'a string is not closed'],
  ['\n\ndo $x$ $y$', 'postgres', 3, 'a dollar quote is not closed'],
  ['/* /* */', 'postgres', 1, 'a comment is not closed'],
  ['select `x', 'mysql', 1, 'a quoted name is not closed'],
  ["select 'x\\'", 'mysql', 1, 'a string is not closed'],
])('says where %j is left open', (sql, engine, line, message) => {
  expect(splitStatements(sql, engine).faults).toEqual([{ line, message }]);
});

test('gives each statement the line of its first word', () => {
  const lines = splitStatements("-- x\nselect\n1;\n\n/* a\n b */ select 'a\nb'; y", 'postgres').statements;
  expect(lines.map((one) => one.line)).toEqual([2, 6, 7]);
});

/** Fragments that open, close and confuse; any string of them is a fair question. */
const fragments = [
  ...["'", '"', '`', '$$', '$a$', '$', ';', '--', '-- ', '/*', '*/', '#', '\n', ' ', '\\', "E'", '(', ')', '//', '/*!'],
  ...['create function', 'begin atomic', 'case', 'end', 'delimiter //\n', 'delimiter ;\n', 'select', '1', 'ä', '\r\n'],
];
const anySql = fc
  .array(fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 3 })), { maxLength: 40 })
  .map((parts) => parts.join(''));

test.each<Engine>(['postgres', 'mysql'])('loses nothing of any text (%s)', (engine) => {
  fc.assert(
    fc.property(anySql, (sql) => {
      const tokens = scanStatements(sql, engine);
      expect(tokens.map((token) => sql.slice(token.start, token.end)).join('')).toBe(sql);
      const { statements } = splitStatements(sql, engine);
      const kept = new Set<string>();
      for (const statement of statements) {
        expect(sql.slice(statement.start, statement.end)).toBe(statement.text);
        expect(statement.line).toBe(sql.slice(0, statement.start).split('\n').length);
        for (const token of tokens)
          if (token.start >= statement.start && token.end <= statement.end) kept.add(`${token.start}`);
      }
      const lost = tokens.filter((token) => !kept.has(`${token.start}`)).map((token) => token.kind);
      expect(lost.filter((kind) => !['space', 'comment', 'delimiter', 'command'].includes(kind))).toEqual([]);
    }),
    { numRuns: 600 },
  );
});

/** Things that stand in a statement and may hide a semicolon. */
const postgresParts = fc.constantFrom(
  ...[
    "';'",
    "'it''s'",
    "'\\'",
    "E'\\';'",
    "E'\\\\'",
    '$$;$$',
    "$q$;'$q$",
    '";"',
    '/* ; /* */ ;*/1',
    "-- ;'\n1",
    '(1)',
    "'a'\n'b;'",
    "U&';'",
    "b''",
  ],
);
const statement = fc.array(postgresParts, { minLength: 1, maxLength: 5 }).map((parts) => `select ${parts.join(' , ')}`);

describe('beside the parser of PostgreSQL', () => {
  beforeAll(loadModule);

  test('finds as many statements, and the same', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(';', ' ;\n', '/*;*/;', ';-- ;\n'),
        (list, glue) => {
          const sql = list.join(glue);
          expect(texts(sql, 'postgres')).toEqual(list.map((one) => one.trim()));
          expect(parseSync(sql).stmts).toHaveLength(list.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each<[string, Engine, string]>([
  ['blanks behind strings', 'postgres', `select 'a'\n${' '.repeat(200_000)}x`],
  ['statements on one line', 'postgres', 'a;'.repeat(200_000)],
  ['comments on one line', 'mysql', '/**/'.repeat(200_000)],
  ['beginnings of DELIMITER', 'mysql', 'd;'.repeat(200_000)],
  ['opened dollar quotes', 'postgres', '$a$'.repeat(100_001)],
])('takes time in proportion to the text: %s', (_, engine, sql) => {
  // A splitter that looks back or tries all ways would not come back from this before the test's time is up.
  const { statements } = splitStatements(sql, engine);
  expect(statements.length).toBe(sql.startsWith('a;') || sql.startsWith('d;') ? 200_000 : sql.startsWith('/') ? 0 : 1);
});
