import { expect, test } from 'vitest';
import type { Migration } from '../../api/generated/model/index.ts';
import { addFiles, filesOf, nextPath, pickFiles } from './pick-files.ts';

const sql = (path: string) => ({ path, text: 'SELECT 1' });

test('of a dropped folder only the SQL of the chosen version is taken', () => {
  const dropped = [
    sql('/db/V2.1.0/0001_a.up.sql'),
    sql('/db/V2.0.0/0001_old.up.sql'),
    sql('/db/V2.1.0/V1__x.sql.conf'),
    sql('/db/README.md'),
    sql('/db/0002_b.up.sql'),
    { path: 'V2.1.0/0003_large.up.sql', text: 'x'.repeat(1_048_577) },
  ];
  expect(pickFiles(dropped, 'v2.1.0')).toEqual({
    files: [sql('V2.1.0/0001_a.up.sql'), sql('V2.1.0/V1__x.sql.conf'), sql('0002_b.up.sql')],
    otherVersionCount: 1,
    noSqlCount: 1,
    tooLargeCount: 1,
  });
  // A label that is no number names no folder.
  expect(pickFiles([sql('blue/0001_a.up.sql')], 'blue').files).toEqual([sql('0001_a.up.sql')]);
});

test('a file of the same path takes the place of the one before, and numbers are in their order', () => {
  const files = addFiles([sql('0010_b.up.sql'), sql('9_a.up.sql')], [{ path: '9_a.up.sql', text: 'SELECT 2' }]);
  expect(files).toEqual([{ path: '9_a.up.sql', text: 'SELECT 2' }, sql('0010_b.up.sql')]);
  const sides = ['0002_b.down.sql', '0002_b.up.sql', '0001_a.down.sql', '0001_a.up.sql', 'U3__c.sql', 'V3__c.sql'];
  const sorted = ['0001_a.up.sql', '0001_a.down.sql', '0002_b.up.sql', '0002_b.down.sql', 'V3__c.sql', 'U3__c.sql'];
  expect(addFiles([], sides.map(sql)).map(({ path }) => path)).toEqual(sorted);
  expect(nextPath(files)).toBe('0011_name.up.sql');
  expect(nextPath([])).toBe('0001_name.up.sql');
});

test('a set gives back the files it was read from, with what Flyway keeps beside them', () => {
  const migration = (part: Partial<Migration>) =>
    ({ up: 'U', down: null, downPath: null, isTransactional: true, ...part }) as Migration;
  expect(
    filesOf([
      migration({ upPath: '0001_a.up.sql', down: 'D', downPath: '0001_a.down.sql', isTransactional: false }),
      migration({ upPath: 'db/V2__b.sql', isTransactional: false }),
    ]).map(({ path }) => path),
  ).toEqual(['0001_a.up.sql', '0001_a.down.sql', 'db/V2__b.sql', 'db/V2__b.sql.conf']);
});
