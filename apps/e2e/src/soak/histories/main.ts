import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `pnpm soak -- histories`: the histories of the engine, and those of rollbacks while parts are down, many more of them than in
 * the tests, from a printed seed. Ends after --minutes at the latest for each property, with what it has done until then.
 */
const SUITES = [
  { folder: 'packages/route-core', file: 'src/histories.test.ts' },
  { folder: 'apps/api', file: 'src/emergency/pending-overrides.test.ts' },
];

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    minutes: { type: 'string', default: '2' },
  },
});
const [runs, seed, minutes] = [values.runs, values.seed, values.minutes].map(Number) as [number, number, number];
if (!(Number.isInteger(runs) && runs > 0 && Number.isInteger(seed) && minutes > 0)) {
  process.stderr.write('usage: pnpm soak -- histories [--runs N --seed N --minutes N]\n');
  process.exit(2);
}

process.stdout.write(`soak histories: up to ${runs} histories a property, seed ${seed}, at most ${minutes} min each\n`);
const startedAt = performance.now();
const hasHeld = SUITES.map(runSuite).every((one) => one);
const seconds = Math.round((performance.now() - startedAt) / 1000);
process.stdout.write(`soak histories: ${hasHeld ? 'held' : 'FAILED'} after ${seconds} s, seed ${seed}\n`);
process.exitCode = hasHeld ? 0 : 1;

function runSuite({ folder, file }: (typeof SUITES)[number]): boolean {
  const cwd = fileURLToPath(new URL(`../../../../../${folder}/`, import.meta.url));
  const vitest = join(dirname(createRequire(join(cwd, 'package.json')).resolve('vitest/package.json')), 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', file, '--reporter=verbose'], {
    cwd,
    stdio: 'inherit',
    env: {
      ...process.env,
      GREY_SOAK_RUNS: String(runs),
      GREY_SOAK_SEED: String(seed),
      GREY_SOAK_MS: String(Math.round(minutes * 60_000)),
    },
  });
  return status === 0;
}
