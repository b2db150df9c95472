import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Figure, median } from './figure.ts';
import type { MemoryReport } from './memory-child.ts';
import { printFigures } from './print-figures.ts';

/** Memory and build time of a full snapshot, each taken in a process of its own, above one
 * that has read the same records and kept none. */
const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));

function run(what: 'empty' | 'full'): MemoryReport {
  const args = ['--expose-gc', child, what];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as MemoryReport;
}

const rounds = Array.from({ length: 5 }, () => ({ empty: run('empty'), full: run('full') }));
const above = rounds.map(({ empty, full }) => (full.bytes - empty.bytes) / 1_000_000);
const build = rounds.map(({ full }) => full.buildMs);
const columnBytes = rounds[0]!.full.columnBytes;

const figures: Figure[] = [
  {
    name: 'snapshot of 10 000 × 100 above an empty router',
    value: median(above),
    unit: 'MB',
    ratio: null,
    budget: { of: 'value', bound: 'at most', limit: 30 },
  },
  {
    name: 'its columns, per million assignments',
    value: columnBytes / 1_000_000,
    unit: 'MB',
    ratio: null,
    budget: { of: 'value', bound: 'at most', limit: 3 },
  },
  { name: 'building it', value: median(build), unit: 'ms', ratio: null, budget: null },
];
printFigures(figures);
