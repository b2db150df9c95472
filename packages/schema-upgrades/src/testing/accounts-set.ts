import type { Migration } from '../migration.ts';
import { makeMigration } from './make-migration.ts';

/** For MariaDB: DDL and changes of rows in turn, slow enough in places that a kill can come while they are under way. */
export const ACCOUNTS_SET: readonly Migration[] = [
  makeMigration(
    '0001_accounts',
    `CREATE TABLE accounts (id int PRIMARY KEY, name varchar(40) NOT NULL DEFAULT 'x') ENGINE=InnoDB;
     CREATE TABLE done (n int) ENGINE=InnoDB;
     INSERT INTO accounts SELECT seq, 'x' FROM seq_1_to_20;
     INSERT INTO done VALUES (1);`,
    'DELETE FROM done; DELETE FROM accounts; DROP TABLE done; DROP TABLE accounts;',
  ),
  makeMigration(
    '0002_email',
    `ALTER TABLE accounts ADD COLUMN email varchar(80), ALGORITHM=COPY;
     CREATE INDEX by_email ON accounts (email);
     UPDATE done SET n = n + 1 + SLEEP(0.02);
     CREATE VIEW emails AS SELECT email FROM accounts;`,
    `DROP VIEW emails; UPDATE done SET n = n - 1; DROP INDEX by_email ON accounts; ALTER TABLE accounts DROP COLUMN email;`,
  ),
  makeMigration(
    '0003_rename',
    `SET foreign_key_checks = 0;
     ALTER TABLE accounts RENAME COLUMN name TO title;`,
    `SET foreign_key_checks = 0; ALTER TABLE accounts RENAME COLUMN title TO name;`,
    { phase: 'contract' },
  ),
];

/** Fails at the last statement of a migration of which three stand. */
export const BROKEN_ACCOUNTS_SET: readonly Migration[] = [
  ...ACCOUNTS_SET.slice(0, 2),
  makeMigration(
    '0009_broken',
    `CREATE TABLE half (id int);
     ALTER TABLE half ADD COLUMN more int;
     UPDATE done SET n = n + 1;
     ALTER TABLE half ADD COLUMN id int;`,
    `SELECT 'nothing to undo'; UPDATE done SET n = n - 1; ALTER TABLE half DROP COLUMN more; DROP TABLE half;`,
  ),
];
