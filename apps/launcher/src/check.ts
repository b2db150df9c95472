/** `npm test`: every check and every suite; the last line sums them up. */
import { checkDrift } from './check/check-drift.ts';
import { ensureMariadb } from './check/ensure-mariadb.ts';
import { ensureNacos } from './check/ensure-nacos.ts';
import { ensureNginx } from './check/ensure-nginx.ts';
import { ensurePostgres } from './check/ensure-postgres.ts';
import { ensureRedis } from './check/ensure-redis.ts';
import { listVitestPackages } from './check/list-vitest-packages.ts';
import { closingLine, type Outcome, sumOf } from './check/outcome.ts';
import { type CommandOptions, runCommand } from './check/run-command.ts';
import { runPlaywright } from './check/run-playwright.ts';
import { runVitest } from './check/run-vitest.ts';

/** All of it together; what has not finished by then is ended and counts as failed. */
const TOTAL_MS = 14 * 60_000;

/** Of that, for fetching a server that the suites need. */
const INSTALL_MS = 2 * 60_000;

/** Suites that mostly wait for servers to start and stop: they run beside one another and beside those that compute. */
const WAITING = [new Set(['packages/testkit', 'apps/launcher']), new Set(['packages/schema-upgrades'])];
/** Suites that fill the machine, or look at what happens when servers fail. */
const ALONE = new Set(['packages/propagation', 'apps/api']);

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
process.on('disconnect', () => stopping.abort());
process.channel?.unref();

const deadline = Date.now() + TOTAL_MS;
const outcomes: Outcome[] = [];

const servers = findServers();
await check('Lint and format: biome', command('biome', ['check', '--error-on-warnings', '.']));
await check('Types: tsc', command('turbo', ['run', 'typecheck', '--output-logs=errors-only']));
await check('Walls between the rooms: dependency-cruiser', command('pnpm', ['--silent', 'walls']));
await check('Drift of generated files', checkDrift);
const missing = await servers;
const folders = listVitestPackages();
const isWaiting = (folder: string): boolean => WAITING.some((some) => some.has(folder));
await Promise.all([
  ...WAITING.map((some) => runSuites(folders.filter((folder) => some.has(folder)))),
  runSuites(folders.filter((folder) => !isWaiting(folder) && !ALONE.has(folder))),
]);
await runSuites(folders.filter((folder) => ALONE.has(folder)));
await check('The product in a browser: playwright', runPlaywright);

const total = sumOf(outcomes);
if (total.skips.length > 0) console.log(`\nSkipped:\n${total.skips.map((one) => `  ${one}`).join('\n')}`);
if (total.failures.length > 0) {
  console.log(`\nFailed:\n${total.failures.map((one) => `  ${one.split('\n')[0]}`).join('\n')}`);
}
console.log(`\n${closingLine(total)}`);
process.exitCode = total.failures.length > 0 ? 1 : 0;

/** What the suites need and the machine has not, fetched while the sources are looked at; why where it could not be had. */
async function findServers(): Promise<Readonly<Record<string, string>>> {
  const installing = { timeoutMs: INSTALL_MS, signal: stopping.signal };
  return {
    ...(await ensureRedis(installing)),
    ...(await ensureNginx(installing)),
    ...(await ensureMariadb(installing)),
    ...(await ensurePostgres(installing)),
    ...(await ensureNacos()),
  };
}

async function runSuites(some: readonly string[]): Promise<void> {
  for (const folder of some) {
    await check(`Tests of ${folder}: vitest`, (options) => runVitest(folder, { ...options, env: missing }));
  }
}

async function check(title: string, run: (options: CommandOptions) => Promise<Outcome>): Promise<void> {
  if (stopping.signal.aborted) return;
  console.log(`\n== ${title} …`);
  const startedAt = Date.now();
  const timeoutMs = Math.max(0, deadline - startedAt);
  const outcome =
    timeoutMs > 0
      ? await run({ timeoutMs, signal: stopping.signal })
      : { passedCount: 0, failures: [`${title}: not run, the time for all checks was used up`], skips: [] };
  outcomes.push(outcome);
  for (const failure of outcome.failures) console.log(`\n-- ${failure}\n`);
  console.log(`   ${title}: ${closingLine(outcome)} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
}

/** A command that counts as one test: passed when it exits with 0. */
function command(name: string, args: readonly string[]): (options: CommandOptions) => Promise<Outcome> {
  return async (options) => {
    const { code, output, hasTimedOut } = await runCommand(name, args, options);
    if (code === 0) return { passedCount: 1, failures: [], skips: [] };
    const why = hasTimedOut ? 'was ended because its time was up' : 'failed';
    return { passedCount: 0, failures: [`${name} ${args[0]} ${why}\n${output.trimEnd()}`], skips: [] };
  };
}
