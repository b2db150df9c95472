import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { rootFolder } from './locations.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Each wall with the smallest pair of files that breaks it. */
const breaches: readonly { wall: string; files: Readonly<Record<string, string>> }[] = [
  {
    wall: 'route-core-imports-nothing-of-ours',
    files: { 'packages/route-core/src/decide.ts': "import '@grey/contracts';" },
  },
  {
    wall: 'route-core-imports-nothing-of-ours',
    files: { 'packages/route-core/src/decide.ts': "import type { Problem } from '@grey/contracts';" },
  },
  {
    wall: 'route-core-does-no-io',
    files: { 'packages/route-core/src/decide.ts': "import { readFileSync } from 'node:fs';" },
  },
  { wall: 'lanes-stands-alone', files: { 'packages/lanes/src/lane.ts': "import '@grey/contracts';" } },
  {
    wall: 'schema-upgrades-stands-alone',
    files: {
      'packages/schema-upgrades/src/index.ts': "import '../../route-core/src/index.ts';",
      'packages/route-core/src/index.ts': 'export {};',
    },
  },
  {
    wall: 'only-drivers-speak-to-servers',
    files: { 'packages/schema-upgrades/src/runner/run.ts': "import 'mysql2/promise';" },
  },
  {
    wall: 'packages-never-import-apps',
    files: {
      'packages/testkit/src/factory.ts': "import '../../../apps/api/src/main.ts';",
      'apps/api/src/main.ts': 'export {};',
    },
  },
  {
    wall: 'controllers-never-see-the-database',
    files: {
      'apps/api/src/tenants/tenants.controller.ts': "import './tenants.store.ts';",
      'apps/api/src/tenants/tenants.store.ts': 'export {};',
    },
  },
  {
    wall: 'only-stores-import-prisma',
    files: {
      'apps/api/src/tenants/tenants.service.ts': "import { PrismaClient } from '../../generated/client.ts';",
      'apps/api/generated/client.ts': 'export class PrismaClient {}',
    },
  },
  {
    wall: 'features-meet-through-services',
    files: {
      'apps/api/src/tenants/tenants.service.ts': "import '../services/services.store.ts';",
      'apps/api/src/services/services.store.ts': 'export {};',
    },
  },
  {
    wall: 'console-imports-contracts-only',
    files: {
      'apps/console/src/main.tsx': "import '@grey/route-module';",
      'packages/route-module/src/index.ts': 'export {};',
    },
  },
  {
    wall: 'no-cycles',
    files: {
      'apps/api/src/one.ts': "import { two } from './two.ts'; export const one = () => two;",
      'apps/api/src/two.ts': "import { one } from './one.ts'; export const two = () => one;",
    },
  },
  { wall: 'everything-resolves', files: { 'apps/api/src/one.ts': "import './gone.ts';" } },
];

test.each(breaches)('the wall $wall fails when it is broken', async ({ wall, files }) => {
  expect(await findBrokenWalls(files)).toContain(wall);
});

test('what the walls allow passes', async () => {
  const files = {
    'apps/api/src/tenants/tenants.controller.ts': "import './tenants.service.ts';",
    'apps/api/src/tenants/tenants.service.ts':
      "import './tenants.store.ts'; import '../services/services.service.ts'; import '@grey/contracts';",
    'apps/api/src/tenants/tenants.store.ts': "import '../../generated/client.ts';",
    'apps/api/src/services/services.service.ts': 'export {};',
    'apps/api/generated/client.ts': 'export {};',
    'apps/console/src/main.tsx': "import '@grey/contracts'; import './one.ts';",
    'apps/console/src/one.ts': "import type { Two } from './two.ts'; export type One = Two;",
    'apps/console/src/two.ts': "import { } from './one.ts'; export interface Two { readonly n: 2 }",
    'packages/route-core/src/decide.test.ts': "import { readFileSync } from 'node:fs';",
  };
  expect(await findBrokenWalls(files)).toEqual([]);
});

/** Runs the repository's own walls over a made-up checkout and returns the names of those that are broken. */
async function findBrokenWalls(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'grey-walls-')));
  folders.push(folder);
  const everywhere = { 'packages/contracts/src/index.ts': 'export {};', ...files };
  for (const [name, text] of Object.entries(everywhere)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  mkdirSync(path.join(folder, 'node_modules/@grey'), { recursive: true });
  for (const name of ['contracts', 'route-core']) {
    const home = path.join(folder, 'packages', name);
    mkdirSync(home, { recursive: true });
    writeFileSync(
      path.join(home, 'package.json'),
      JSON.stringify({ name: `@grey/${name}`, exports: './src/index.ts' }),
    );
    symlinkSync(home, path.join(folder, 'node_modules/@grey', name));
  }
  const args = [
    '--config',
    path.join(rootFolder, '.dependency-cruiser.cjs'),
    '--output-type',
    'json',
    'apps',
    'packages',
  ];
  mkdirSync(path.join(folder, 'apps'), { recursive: true });
  const program = path.join(rootFolder, 'node_modules/.bin/depcruise');
  // With findings it exits with their number, which execFile takes for a failure.
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return summary.violations.map((violation) => violation.rule.name);
}
