import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readCommandLine } from '@grey/testkit';
import { dataFolder, rootFolder } from './locations.ts';
import { readPrivateJson, writePrivateJson } from './private-file.ts';

const ENDED_WITHIN_MS = 10_000;
const LAUNCHER = 'launcher/dist/main.js';
const file = path.join(dataFolder, 'run.json');

/** A process of ours, and how to know it again: its number may be somebody else's by then. */
export interface Part {
  readonly pid: number;
  /** Text that its command line has; by default the path of this checkout, which every program of ours was started from. */
  readonly mark?: string;
}

/** What a running launcher writes down, so that the next one can find what a killed one left behind. */
interface Content {
  readonly pid: number;
  readonly url: string;
  readonly parts: readonly Part[];
}

export interface RunRecord {
  /** To be called as soon as the process runs: what is not in the record outlives a killed launcher. */
  add(part: Part): void;
  remove(): void;
}

/** @param url where the router will be, for a second launcher to tell */
export function openRunRecord(url: string): RunRecord {
  const parts: Part[] = [];
  const write = () => writePrivateJson(file, { pid: process.pid, url, parts } satisfies Content);
  write();
  return {
    add: ({ pid, mark = rootFolder }) => {
      parts.push({ pid, mark });
      write();
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/**
 * Ends the processes a killed run left behind.
 *
 * @returns how many there were
 * @throws Error in one sentence when a launcher still runs on this data folder
 */
export async function clearLeftovers(): Promise<number> {
  const record = readPrivateJson<Content>(file);
  if (record === undefined) return 0;
  if (record.pid !== process.pid && isAlive(record.pid) && readCommandLine(record.pid).includes(LAUNCHER)) {
    throw new Error(`It runs already, at ${record.url} (process ${record.pid}); stop that one first, or use it.`);
  }
  const left = (record.parts ?? []).filter(isOurs);
  for (const { pid } of left) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + ENDED_WITHIN_MS;
  while (left.some(isOurs)) {
    if (Date.now() > deadline) for (const { pid } of left.filter(isOurs)) process.kill(pid, 'SIGKILL');
    await sleep(50);
  }
  rmSync(file, { force: true });
  return left.length;
}

function isOurs({ pid, mark = rootFolder }: Part): boolean {
  return isAlive(pid) && readCommandLine(pid).includes(mark);
}
