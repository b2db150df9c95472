import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `pnpm soak -- schemas`: the test of the invariant — no request is routed to a version whose range excludes the schema of the
 * tenant — with more upgrades, for --minutes.
 */
const FILE = 'src/tenant-schemas/invariant.redis.test.ts';
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    minutes: { type: 'string', default: '20' },
  },
});
const [seed, minutes] = [values.seed, values.minutes].map(Number) as [number, number];
if (!(Number.isInteger(seed) && minutes > 0)) {
  process.stderr.write('usage: pnpm soak -- schemas [--seed N --minutes N]\n');
  process.exit(2);
}
process.stdout.write(`soak schemas: ${minutes} min, seed ${seed}\n`);
const cwd = fileURLToPath(new URL('../../../../../apps/api/', import.meta.url));
const vitest = join(dirname(createRequire(join(cwd, 'package.json')).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', FILE, '--reporter=verbose'], {
  cwd,
  stdio: 'inherit',
  env: { ...process.env, GREY_SOAK_SEED: String(seed), GREY_SOAK_MS: String(Math.round(minutes * 60_000)) },
});
process.stdout.write(`soak schemas: ${status === 0 ? 'held' : 'FAILED'}, seed ${seed}\n`);
process.exitCode = status === 0 ? 0 : 1;
