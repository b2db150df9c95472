import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `pnpm soak`: every scenario after the other, or the named one with its own options; fails when one did not hold. */
const SCENARIOS = [
  'histories',
  'stopped-writer',
  'outages',
  'rollbacks',
  'emergencies',
  'schemas',
  'runner',
  'upgrades',
] as const;

const [first, ...rest] = process.argv.slice(2).filter((arg) => arg !== '--');
const isNamed = first !== undefined && !first.startsWith('-');
const names = isNamed ? SCENARIOS.filter((name) => name === first) : SCENARIOS;
if (names.length === 0 || (!isNamed && first !== undefined)) {
  process.stderr.write(`usage: pnpm soak [-- ${SCENARIOS.join(' | ')} [options]]\n`);
  process.exit(2);
}
let hasHeld = true;
for (const name of names) {
  const script = fileURLToPath(new URL(`${name}/main.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...rest], { stdio: 'inherit' });
  hasHeld &&= status === 0;
}
process.exitCode = hasHeld ? 0 : 1;
