import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runOutages } from './outage-run.ts';

/** `pnpm soak -- outages`: everything is killed in every order under load; fails when a decision failed or was wrong. */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    rate: { type: 'string', default: '500' },
    orders: { type: 'string', default: '24' },
  },
});
const [seed, perSecond, orderCount] = [values.seed, values.rate, values.orders].map(Number) as [number, number, number];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`soak outages: ${perSecond} decisions a second, seed ${seed}`);
const report = await runOutages({ seed, perSecond, orderCount, say });
const { firstFaults, ...figures } = report;
say(JSON.stringify(figures, null, 2));
for (const fault of firstFaults) say(fault);
const { wrong, stale, unknown_position } = report.verdicts;
const hasHeld = report.failed + wrong + stale + unknown_position === 0 && report.changes > 0;
say(`soak outages: ${hasHeld ? 'held' : 'FAILED'}, seed ${seed}`);
process.exit(hasHeld ? 0 : 1);
