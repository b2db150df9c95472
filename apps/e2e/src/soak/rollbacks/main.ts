import { parseArgs } from 'node:util';
import { type MeasuredRollback, RollbackWorld } from '../../bench/rollback-world.ts';

/**
 * `pnpm soak -- rollbacks`: PostgreSQL is killed (SIGKILL), 10 000 tenants are rolled back by one call, PostgreSQL comes back,
 * the log gets the rollback and it is undone; again and again, while 5 % of all reads of the stream fail. Each of 20 routers
 * must have it, from the journal's copy in Redis alone, 99 of 100 times within a second.
 */
const FAIL_SHARE = 0.05;
const LIMIT_MS = 1_000;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { runs: { type: 'string', default: '50' } },
});
const runs = Number(values.runs);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`soak rollbacks: ${runs} rollbacks of 10 000 tenants with PostgreSQL killed`);
const world = await RollbackWorld.start(FAIL_SHARE);
const done: MeasuredRollback[] = [];
const faults: string[] = [];
try {
  const { postgres } = world.replicas;
  for (let run = 1; run <= runs; run++) {
    await postgres.kill();
    const rolledBack = await world.rollBack(run % 2 === 0 ? 'tenants' : 'version');
    const { result, missed, tookMs, answeredMs } = rolledBack;
    say(
      `run ${run}: ${result.durability}, answered in ${answeredMs.toFixed(0)} ms, the last of 20 had it after ${tookMs.toFixed(0)} ms`,
    );
    if (result.durability !== 'journal+redis') faults.push(`run ${run}: durability ${result.durability}`);
    if (result.affectedCount !== 10_000) faults.push(`run ${run}: ${result.affectedCount} tenants`);
    faults.push(...missed.map((one) => `run ${run} missed: ${one}`));
    done.push(rolledBack);
    await postgres.restart();
    await world.undo(result.rollbackId);
  }
} finally {
  await world.stop();
}
const took = done.map(({ tookMs }) => tookMs).sort((x, y) => x - y);
const at = (share: number) => took[Math.min(Math.floor(took.length * share), took.length - 1)]!;
if (at(0.99) > LIMIT_MS) faults.push(`p99 is ${at(0.99).toFixed(0)} ms`);
for (const fault of faults) say(fault);
const verdict = faults.length === 0 ? 'held' : 'FAILED';
say(`soak rollbacks: ${verdict}, p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms of ${done.length} runs`);
process.exit(faults.length === 0 ? 0 : 1);
