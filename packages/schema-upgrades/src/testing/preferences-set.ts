import type { Migration } from '../migration.ts';
import { makeMigration } from './make-migration.ts';

/**
 * A set of every kind of migration. Building its index takes a moment, as the function it computes sleeps, so that a kill can
 * come while it is under way; `done` counts what ran, to show what ran twice.
 */
export const PREFERENCES_SET: readonly Migration[] = [
  makeMigration(
    '0001_add_preferences',
    `CREATE TABLE preferences (id int PRIMARY KEY, tenant text NOT NULL DEFAULT 'x', theme text);
     CREATE TABLE done (name text, n int);
     CREATE FUNCTION slow(value int) RETURNS int LANGUAGE plpgsql IMMUTABLE
       AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN value; END $$;
     INSERT INTO preferences SELECT n, 'x', 'dark' FROM generate_series(1, 6) AS n;`,
    'DROP TABLE preferences; DROP TABLE done; DROP FUNCTION slow(int);',
  ),
  makeMigration(
    '0002_index_preferences',
    `INSERT INTO done VALUES ('before', 1);
     CREATE INDEX CONCURRENTLY preferences_slow ON preferences (slow(id));
     CREATE INDEX CONCURRENTLY ON preferences (theme);
     INSERT INTO done VALUES ('after', 1);`,
    `DELETE FROM done;
     DROP INDEX CONCURRENTLY IF EXISTS preferences_theme_idx;
     DROP INDEX CONCURRENTLY IF EXISTS preferences_slow;`,
    { isTransactional: false },
  ),
  makeMigration(
    '0003_fill_preferences',
    `UPDATE preferences SET theme = 'light ' || pg_sleep(0.004) WHERE id <= 5;
     UPDATE done SET n = n + 1;`,
    `UPDATE done SET n = n - 1; UPDATE preferences SET theme = 'dark';`,
    { phase: 'migrate' },
  ),
  makeMigration(
    '0004_drop_tenant',
    'ALTER TABLE preferences DROP COLUMN tenant;',
    `ALTER TABLE preferences ADD COLUMN tenant text NOT NULL DEFAULT 'x';`,
    { phase: 'contract' },
  ),
];

/** Ends in an error after all of the set has run; its downs lead back to nothing. */
export const BROKEN_SET: readonly Migration[] = [
  ...PREFERENCES_SET.slice(0, 3),
  makeMigration('0009_broken', 'CREATE TABLE half (id int); SELECT no_such_function();', 'DROP TABLE half;'),
];
