import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksumOf } from './checksum.ts';
import { readMigrationSet, type SetHeader } from './read-migration-set.ts';
import { DEFAULT_SET_LIMITS, type SetFile } from './set-limits.ts';
import { groupByVersion } from './version-folders.ts';

const header: SetHeader = { serviceId: 'pay', version: '2.1.0', schemaVersion: 7, engine: 'postgres' };
const files = (texts: Record<string, string>): SetFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, text }));
const read = (texts: Record<string, string>, more: Partial<SetHeader> = {}) =>
  readMigrationSet(files(texts), { ...header, ...more });
/** `CODE file:line` of every finding. */
const told = (texts: Record<string, string>) =>
  read(texts).findings.map((one) => `${one.code} ${one.file}${one.line === null ? '' : `:${one.line}`}`);

const UP = 'create table a (id int);\n';
const DOWN = 'drop table a;\n';

test('reads ups and downs of a version folder as one set, in the order of their numbers', () => {
  const { set, findings, paths } = read({
    'V2.1.0/0010_c.contract.up.sql': '-- grey: irreversible the column is gone\nalter table a drop column x;',
    'V2.1.0/9_b.up.sql': '-- grey: phase migrate\nupdate a set id = 1;',
    'V2.1.0/9_b.down.sql': 'select 1;',
    'V2.1.0/0008_a.up.sql': UP,
    'V2.1.0/0008_a.down.sql': DOWN,
    'V2.1.0/README.md': 'notes',
  });
  expect(findings).toEqual([]);
  expect(set).toMatchObject(header);
  expect(set!.migrations.map(({ name, phase, isTransactional, down }) => [name, phase, isTransactional, down])).toEqual(
    [
      ['0008_a', 'expand', true, DOWN],
      ['9_b', 'migrate', true, 'select 1;'],
      ['0010_c', 'contract', true, null],
    ],
  );
  expect(paths.get('0010_c')).toEqual({ up: 'V2.1.0/0010_c.contract.up.sql', down: null });
});

test('runs outside a transaction what asks for it', () => {
  const { set } = read({ '1_i.up.sql': '-- a note\n\n--grey: no-transaction\ncreate index concurrently i on a(id);' });
  expect(set!.migrations[0]!.isTransactional).toBe(false);
});

test('puts only what is data alone into a transaction on MySQL, where DDL commits by itself', () => {
  const { set } = read(
    { '1_a.up.sql': 'insert into a values (1); update a set id = 2;', '2_b.up.sql': UP },
    { engine: 'mysql' },
  );
  expect(set!.migrations.map((one) => one.isTransactional)).toEqual([true, false]);
});

describe('takes over from Flyway', () => {
  test('versions with their undo and their configuration, ordered part by part', () => {
    const { set, findings } = read({
      'V10__last.sql': UP,
      'V1_2__two parts.sql': UP,
      'U1.2__whatever it is called.sql': DOWN,
      'V2__index.sql': 'create index concurrently i on a(id);',
      'V2__index.sql.conf': 'executeInTransaction=false\n',
    });
    expect(findings.map((one) => one.message)).toEqual(['Numbers 3 to 9 are missing; was a file left out?']);
    expect(set!.migrations.map(({ name, isTransactional, down }) => [name, isTransactional, down])).toEqual([
      ['1.2_two_parts', true, DOWN],
      ['2_index', false, null],
      ['10_last', true, null],
    ]);
  });

  test.each([
    ['R__views.sql', 'FLYWAY_REPEATABLE'],
    ['B3__base.sql', 'FLYWAY_BASELINE'],
    ['afterMigrate.sql', 'FLYWAY_CALLBACK'],
    ['beforeEachMigrate__x.sql', 'FLYWAY_CALLBACK'],
  ])('but not %s', (path, code) => {
    expect(told({ 'V1__a.sql': UP, [path]: UP })).toEqual([`${code} ${path}`]);
  });

  test('and says which placeholders stay as they are', () => {
    expect(told({ 'V1__a.sql': `create table a();\ninsert into a values ('\${tenant}');` })).toEqual([
      'FLYWAY_PLACEHOLDER V1__a.sql:2',
    ]);
  });
});

test.each<[string, Record<string, string>, string[]]>([
  ['no files', {}, ['SET_EMPTY ']],
  ['no migrations', { 'README.md': '' }, ['SET_EMPTY ']],
  ['a file nobody knows', { '1_a.up.sql': UP, 'x.sql': UP }, ['FILE_UNKNOWN x.sql']],
  ['one number twice', { '1_a.up.sql': UP, '01_b.up.sql': UP }, ['NUMBER_DUPLICATE 01_b.up.sql']],
  ['a gap', { '1_a.up.sql': UP, '4_b.up.sql': UP }, ['NUMBER_GAP 4_b.up.sql']],
  ['no gap between time stamps', { '20260101_a.up.sql': UP, '20260301_b.up.sql': UP }, []],
  ['a down without its up', { '1_a.up.sql': UP, '2_b.down.sql': DOWN }, ['UP_MISSING 2_b.down.sql']],
  ['a down of another name', { '1_a.up.sql': UP, '1_b.down.sql': DOWN }, ['UP_MISSING 1_b.down.sql']],
  ['an empty up', { '1_a.up.sql': '-- nothing' }, ['UP_EMPTY 1_a.up.sql']],
  ['a folder of another version', { 'V2.0.0/1_a.up.sql': UP }, ['VERSION_FOLDER_MISMATCH V2.0.0/1_a.up.sql']],
  ['two ways of naming', { '1_a.up.sql': UP, 'V2__b.sql': UP }, ['NAMING_MIXED ']],
  ['two phases', { '1_a.migrate.up.sql': `--\n-- grey: phase expand\n${UP}` }, ['PHASE_CONFLICT 1_a.migrate.up.sql:2']],
  ['phases out of order', { '1_a.contract.up.sql': UP, '2_b.up.sql': UP }, ['PHASE_ORDER 2_b.up.sql']],
  ['an unknown directive', { '1_a.up.sql': `-- grey: quickly\n${UP}` }, ['DIRECTIVE_UNKNOWN 1_a.up.sql:1']],
  [
    'accepting what is no finding',
    { '1_a.up.sql': `-- grey: accept DATA_LOST x\n${UP}` },
    ['DIRECTIVE_UNKNOWN 1_a.up.sql:1'],
  ],
  ['a phase that is none', { '1_a.up.sql': `-- grey: phase later\n${UP}` }, ['DIRECTIVE_INCOMPLETE 1_a.up.sql:1']],
  [
    'irreversible without a reason',
    { '1_a.up.sql': `-- grey: irreversible\n${UP}` },
    ['DIRECTIVE_INCOMPLETE 1_a.up.sql:1'],
  ],
  [
    'accepting without a reason',
    { '1_a.up.sql': `-- grey: accept DATA_LOSS\n${UP}` },
    ['DIRECTIVE_INCOMPLETE 1_a.up.sql:1'],
  ],
  ['a directive too late', { '1_a.up.sql': `${UP}\n-- grey: no-transaction` }, ['DIRECTIVE_MISPLACED 1_a.up.sql:3']],
  [
    'a directive on the wrong side',
    { '1_a.up.sql': UP, '1_a.down.sql': '-- grey: no-transaction\nx' },
    ['DIRECTIVE_MISPLACED 1_a.down.sql:1'],
  ],
  [
    'irreversible and a down',
    { '1_a.up.sql': `-- grey: irreversible x\n${UP}`, '1_a.down.sql': DOWN },
    ['IRREVERSIBLE_WITH_DOWN 1_a.down.sql'],
  ],
  ['an open quote', { '1_a.up.sql': "select 1;\nselect '" }, ['SQL_UNTERMINATED 1_a.up.sql:2']],
  ['what is no text', { '1_a.up.sql': 'a\0b' }, ['FILE_NOT_TEXT 1_a.up.sql']],
  ['a name too long', { [`1_${'a'.repeat(120)}.up.sql`]: UP }, [`NAME_TOO_LONG 1_${'a'.repeat(120)}.up.sql`]],
])('tells of %s', (_, texts, wanted) => expect(told(texts)).toEqual(wanted));

test('gives no set with an error, and one with warnings alone', () => {
  expect(read({ '1_a.up.sql': UP, '1_b.up.sql': UP }).set).toBeNull();
  expect(read({ '1_a.up.sql': UP, '3_b.up.sql': UP }).set).not.toBeNull();
});

test('keeps to its limits', () => {
  const limits = {
    ...DEFAULT_SET_LIMITS,
    fileBytes: 60,
    setBytes: 100,
    fileCount: 2,
    statementBytes: 20,
    statementCount: 2,
    setStatementCount: 3,
  };
  const codes = (texts: Record<string, string>) =>
    readMigrationSet(files(texts), header, limits).findings.map((one) => one.code);
  expect(codes({ '1_a.up.sql': ';', '2_a.up.sql': ';', '3_a.up.sql': ';' })).toEqual(['FILES_TOO_MANY']);
  expect(codes({ '1_a.up.sql': 'x'.repeat(61) })).toEqual(['FILE_TOO_LARGE']);
  expect(codes({ '1_a.up.sql': 'x'.repeat(51), '2_a.up.sql': 'ä'.repeat(25) })).toEqual(['SET_TOO_LARGE']);
  expect(codes({ '1_a.up.sql': 'x;y;z' })).toEqual(['STATEMENTS_TOO_MANY']);
  expect(codes({ '1_a.up.sql': 'x;y', '1_a.down.sql': 'x;y' })).toEqual(['STATEMENTS_TOO_MANY']);
  expect(codes({ '1_a.up.sql': 'x'.repeat(21) })).toEqual(['STATEMENT_TOO_LARGE']);
});

describe('the checksum', () => {
  const migration = { name: '1_a', phase: 'expand', up: UP, down: DOWN } as const;

  test('is the same on every system and for ever', () => {
    // `python3 -c 'import hashlib; print(hashlib.sha256(b"""["1_a","expand","create table a (id int);\\n","drop table a;\\n"]""").hexdigest())'`
    expect(checksumOf(migration)).toBe('bb2716e658add425e513ba94733e6ef9aa4ca3a17675a9e81fb4282b71892caa');
  });

  test('does not see how lines end, nor a byte order mark', () => {
    const changed = { ...migration, up: `\uFEFF${UP.replaceAll('\n', '\r\n')}`, down: DOWN.replaceAll('\n', '\r') };
    expect(checksumOf(changed)).toBe(checksumOf(migration));
    expect(read({ '1_a.up.sql': changed.up, '1_a.down.sql': changed.down }).set!.migrations[0]).toMatchObject(
      migration,
    );
  });

  test('sees every other change of a field', () => {
    const fields = fc.record({
      name: fc.constantFrom('1_a', '1_b'),
      phase: fc.constantFrom('expand' as const, 'contract' as const),
      up: fc.constantFrom('a', 'a ', 'a","b'),
      down: fc.constantFrom(null, '', 'a', 'b'),
    });
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        expect(checksumOf(one) === checksumOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

test('parts an upload of several versions by their folders', () => {
  const groups = groupByVersion(
    files({ 'db/V2.1.0/1_a.up.sql': UP, 'db/2.2.0-rc.1/1_a.up.sql': UP, '1_a.up.sql': UP }),
  );
  expect([...groups].map(([version, list]) => [version, list.length])).toEqual([
    ['2.1.0', 1],
    ['2.2.0-rc.1', 1],
    [null, 1],
  ]);
});
