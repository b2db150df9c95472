const files = (...named: [path: string, text: string][]) => named.map(([path, text]) => ({ path, text }));
const SLEEP = '-- grey: phase migrate\nSELECT pg_sleep(random() / 2);\n';

/** Expands by a table and an index, changes rows, and contracts by taking away what the old version uses. */
export const WHOLE = files(
  ['0001_notes.up.sql', 'CREATE TABLE notes (id int PRIMARY KEY);\nCREATE TABLE done (what text);'],
  ['0001_notes.down.sql', 'DROP TABLE done;\nDROP TABLE notes;'],
  ['0002_index.up.sql', '-- grey: no-transaction\nCREATE INDEX CONCURRENTLY by_old ON orders (old);'],
  ['0002_index.down.sql', 'DROP INDEX CONCURRENTLY by_old;'],
  ['0003_rows.up.sql', `${SLEEP}INSERT INTO done VALUES ('rows');\nSELECT pg_sleep(random() / 2);`],
  ['0003_rows.down.sql', "DELETE FROM done WHERE what = 'rows';"],
  [
    '0004_old.up.sql',
    '-- grey: phase contract\n-- grey: accept DATA_LOSS it is the soak\nALTER TABLE orders DROP COLUMN old;',
  ],
  ['0004_old.down.sql', 'ALTER TABLE orders ADD COLUMN old text;'],
);

/** Fails in its second migration, so that the first has to be taken back. */
export const BROKEN = files(
  ['0001_notes.up.sql', 'CREATE TABLE notes (id int PRIMARY KEY);'],
  ['0001_notes.down.sql', 'DROP TABLE notes;'],
  ['0002_broken.up.sql', `${SLEEP}INSERT INTO absent VALUES (1);`],
  ['0002_broken.down.sql', 'SELECT 1;'],
);
