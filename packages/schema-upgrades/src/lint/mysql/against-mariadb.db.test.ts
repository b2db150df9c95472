import { needsMariadb, type RunningMariadb, startMariadb } from '@grey/testkit';
import fc from 'fast-check';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { splitStatements } from '../../sets/split/split-statements.ts';
import { readMysqlStatement } from './read-statement.ts';
import { blockedBy } from './table-change.ts';

describe('beside a real MariaDB', needsMariadb(), () => {
  let server: RunningMariadb;
  let client: Connection;

  beforeAll(async () => {
    server = await startMariadb();
    client = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root', multipleStatements: true });
    await client.query('create database grey; use grey');
  });
  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  /** Things that stand in a statement and may hide a semicolon. */
  const part = fc.constantFrom(
    ...[
      "';'",
      "'it''s;'",
      "'\\';'",
      '"\\";"',
      "'\\\\'",
      '";"',
      "'a' ';b'",
      '1 as `;`',
      '/* ; /* ; */1',
      '1--1',
      '/*! 2 */',
    ],
    ...["-- ;'\n1", '# ;"\n1', "N';'", "x'00'"],
  );
  const statement = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `select ${parts.join(' , ')}`);
  const glue = fc.constantFrom(';', ' ;\n', ';/*;*/', '; -- ;\n', ';# ;\n');

  test('a text is cut where the server cuts it, and each piece answers as before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 2, maxLength: 5 }), glue, async (list, between) => {
        const sql = list.join(between);
        const [whole] = await client.query({ sql, rowsAsArray: true });
        const pieces = splitStatements(sql, 'mysql').statements;
        const answers: unknown[] = [];
        for (const { text } of pieces) answers.push((await client.query({ sql: text, rowsAsArray: true }))[0]);
        expect(answers).toEqual(whole);
        expect(pieces).toHaveLength(list.length);
      }),
      { numRuns: 100 },
    );
  });

  test('bodies between other delimiters arrive whole', async () => {
    const script = `create table log (x int);
delimiter $$
create trigger twice before insert on log for each row begin set new.x = new.x * 2; set new.x = new.x + 1; end$$
create procedure fill() begin insert into log values (1); insert into log values (2); end$$
DELIMITER ;
call fill();`;
    for (const { text } of splitStatements(script, 'mysql').statements) await client.query(text);
    const [rows] = await client.query({ sql: 'select x from log', rowsAsArray: true });
    expect(rows).toEqual([[3], [5]]);
  });

  describe('what is said of blocking', () => {
    beforeEach(async () => {
      await client.query(`drop table if exists t; drop table if exists u;
        create table u (id int primary key); create table t (id int primary key, x int, y varchar(20), key by_x (x));
        insert into u values (1); insert into t values (1, 1, 'a')`);
    });

    test.each([
      'add column z int',
      "add column z varchar(10) not null default 'a'",
      'add index i (y)',
      'add unique key i (y)',
      'drop index by_x',
      'drop column y',
      'rename column x to z',
      'alter column x set default 4',
      'rename index by_x to by_z',
    ])('%s: not a word, and the server goes on writing', async (clause) => {
      expect(blockedBy(readMysqlStatement(`alter table t ${clause}`))).toEqual([]);
      await client.query(`alter table t ${clause}, algorithm=inplace, lock=none`);
    });

    test.each([
      'modify column x bigint',
      'change y y text',
      'add foreign key (x) references u (id)',
      'add constraint c check (x > 0)',
      'add fulltext index f (y)',
      'add column z int as (x + 1) stored',
      'convert to character set utf16',
      'drop primary key',
      'partition by key (id) partitions 2',
    ])('%s: a warning, and the server refuses to do it while others write', async (clause) => {
      expect(blockedBy(readMysqlStatement(`alter table t ${clause}`))).toHaveLength(1);
      const partitioned = clause.startsWith('partition');
      const sql = partitioned
        ? `alter table t algorithm=inplace, lock=none ${clause}`
        : `alter table t ${clause}, algorithm=inplace, lock=none`;
      await expect(client.query(sql)).rejects.toMatchObject({ message: expect.stringMatching(/is not supported/) });
    });
  });
});
