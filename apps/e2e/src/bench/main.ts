import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { columns, type Figure, verdict } from './figure.ts';
import { writeReport } from './write-report.ts';

/** `pnpm bench`: measures every group in a process of its own, one line per figure; fails when one is short of its budget. */
const GROUPS = [
  'decide',
  'rules tree',
  'rules cel',
  'rivals',
  'rivals rules',
  'rivals split',
  'memory',
  'changes',
  'http',
  'propagation',
  'rollback',
  'recovery',
  'solver',
  'upgrades',
] as const;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { write: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
});
const unknown = values.only.filter((name) => !GROUPS.some((group) => group === name));
if (unknown.length > 0 || (values.write && values.only.length > 0)) {
  process.stderr.write(`usage: pnpm bench [-- --write | --only '${GROUPS.join("'|'")}']\n`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const group of values.only.length > 0 ? values.only : GROUPS) {
  const [name, ...args] = group.split(' ');
  const file = fileURLToPath(new URL(`${name}-group.ts`, import.meta.url));
  const run = spawnSync(process.execPath, [file, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 600_000,
  });
  if (run.status !== 0) {
    process.stderr.write(`the group ${group} failed (${run.error?.message ?? `exit code ${run.status}`})\n`);
    process.exit(1);
  }
  for (const line of run.stdout.trim().split('\n')) {
    const figure = JSON.parse(line) as Figure;
    figures.push(figure);
    const [title = '', value = '', ratio = '', budget = '', result = ''] = columns(figure);
    process.stdout.write(
      `${title.padEnd(52)} ${value.padStart(14)} ${ratio.padStart(8)}   ${budget.padEnd(22)} ${result}\n`,
    );
  }
}
if (values.write) writeReport(figures);
if (figures.some((figure) => verdict(figure) === 'short')) process.exitCode = 1;
