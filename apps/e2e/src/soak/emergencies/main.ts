import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { EmergencyRun } from './emergency-run.ts';

/** `pnpm soak -- emergencies`: short random histories of rollbacks under real kills; fails when one of them did not hold. */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    histories: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const [histories, seed] = [values.histories, values.seed].map(Number) as [number, number];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`soak emergencies: ${histories} histories, seed ${seed}`);
const startedAt = performance.now();
const run = await EmergencyRun.start(seed);
try {
  for (let number = 1; number <= histories && run.report.faults.length === 0; number++) {
    await run.runHistory();
    if (number % 10 === 0) say(`${number} histories, ${run.report.acknowledged} rollbacks acknowledged`);
  }
} finally {
  await run.stop();
}
const { faults, ...figures } = run.report;
say(JSON.stringify(figures, null, 2));
for (const fault of faults.slice(0, 20)) say(fault);
const hasHeld = faults.length === 0 && figures.acknowledged > 0 && figures.histories === histories;
const seconds = Math.round((performance.now() - startedAt) / 1000);
say(`soak emergencies: ${hasHeld ? 'held' : 'FAILED'} after ${seconds} s, seed ${seed}`);
process.exit(hasHeld ? 0 : 1);
