import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readCommandLine } from '@grey/testkit';
import { dataFolder, rootFolder } from './locations.ts';
import { readPrivateJson, writePrivateJson } from './private-file.ts';

const ENDED_WITHIN_MS = 10_000;

/** What a running launcher writes down, so that the next one can find what a killed one left behind. */
interface RunRecord {
  readonly pid: number;
  readonly url: string;
  readonly childPids: readonly number[];
}

const LAUNCHER = 'launcher/dist/main.js';
const file = path.join(dataFolder, 'run.json');

export function writeRunRecord(url: string, childPids: readonly number[]): void {
  writePrivateJson(file, { pid: process.pid, url, childPids } satisfies RunRecord);
}

export function removeRunRecord(): void {
  rmSync(file, { force: true });
}

/**
 * Ends the processes a killed run left behind.
 *
 * @returns how many there were
 * @throws Error in one sentence when a launcher still runs on this data folder
 */
export async function clearLeftovers(): Promise<number> {
  const record = readPrivateJson<RunRecord>(file);
  if (record === undefined) return 0;
  if (record.pid !== process.pid && isAlive(record.pid) && readCommandLine(record.pid).includes(LAUNCHER)) {
    throw new Error(`It runs already, at ${record.url} (process ${record.pid}); stop that one first, or use it.`);
  }
  const left = record.childPids.filter(isOurs);
  for (const pid of left) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + ENDED_WITHIN_MS;
  while (left.some(isOurs)) {
    if (Date.now() > deadline) for (const pid of left.filter(isOurs)) process.kill(pid, 'SIGKILL');
    await sleep(50);
  }
  removeRunRecord();
  return left.length;
}

/** A process of that number may be somebody else's by now; ours were started with paths of this checkout. */
function isOurs(pid: number): boolean {
  return isAlive(pid) && readCommandLine(pid).includes(rootFolder);
}
