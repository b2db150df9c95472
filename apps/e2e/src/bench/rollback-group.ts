import type { Figure } from './figure.ts';
import { printFigures } from './print-figures.ts';
import { type MeasuredRollback, RollbackWorld } from './rollback-world.ts';

/**
 * An emergency rollback of 10 000 tenants, from the call of the API until the last of 20 routers has it, while 5 % of all reads
 * of the stream fail: 50 runs, every second of which names the tenants one by one, each undone before the next.
 */
const RUNS = 50;
const FAIL_SHARE = 0.05;

const world = await RollbackWorld.start(FAIL_SHARE);
try {
  const runs: MeasuredRollback[] = [];
  for (let run = 0; run < RUNS; run++) {
    const rolledBack = await world.rollBack(run % 2 === 0 ? 'version' : 'tenants');
    if (rolledBack.result.affectedCount !== 10_000) throw new Error('it was not all tenants');
    runs.push(rolledBack);
    await world.undo(rolledBack.result.rollbackId);
  }
  const took = runs.map(({ tookMs }) => tookMs).sort((x, y) => x - y);
  const { failedReads } = await world.fleet.report();
  const missed = runs.flatMap((run) => run.missed);
  for (const one of missed) process.stderr.write(`missed: ${one}\n`);
  const at = (share: number) => took[Math.min(Math.floor(took.length * share), took.length - 1)]!;
  const figures: Figure[] = [
    {
      name: 'rollback of 10 000 tenants → last of 20 routers, p99',
      value: at(0.99),
      unit: 'ms',
      ratio: null,
      budget: { of: 'value', bound: 'at most', limit: 1_000 },
    },
    {
      name: 'rollback of 10 000 tenants → last of 20 routers, p50',
      value: at(0.5),
      unit: 'ms',
      ratio: null,
      budget: null,
    },
    {
      name: `routers that missed a rollback, ${failedReads} of their reads failed`,
      value: missed.length,
      unit: '',
      ratio: null,
      budget: { of: 'value', bound: 'at most', limit: 0 },
    },
  ];
  printFigures(figures);
} finally {
  await world.stop();
}
