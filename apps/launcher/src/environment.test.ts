import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootFolder } from './locations.ts';

/** Told to the suites by the check runner, never by a person. */
const INTERNAL = [
  'GREY_CHROMIUM',
  'GREY_REDIS_MISSING',
  'GREY_NACOS_MISSING',
  'GREY_NGINX_MISSING',
  'GREY_MARIADB_MISSING',
  'GREY_POSTGRES_MISSING',
];

test('every variable the launcher reads or sets is in the generated table', () => {
  const table = readFileSync(path.join(rootFolder, 'docs/reference/environment.md'), 'utf8');
  const documented = new Set(table.match(/GREY_[A-Z_]+[A-Z]/g));
  const files = globSync(['bootstrap.mjs', 'src/**/*.ts'], { cwd: path.join(rootFolder, 'apps/launcher') });
  const used = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap(
      (file) => readFileSync(path.join(rootFolder, 'apps/launcher', file), 'utf8').match(/GREY_[A-Z_]+[A-Z]/g) ?? [],
    );
  expect(used).toContain('GREY_DATABASE_URL');
  expect([...new Set(used)].filter((name) => !documented.has(name) && !INTERNAL.includes(name))).toEqual([]);
});
