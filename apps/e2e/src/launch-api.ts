import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 60_000;

/** The built API. */
export const apiProgram = path.resolve(import.meta.dirname, '../../api/dist/src/main.js');

const lastWords = new WeakMap<ChildProcess, string>();

/** Starts the built API and resolves when it is ready. @throws Error with its own last words when it does not come up */
export async function launchApi(env: NodeJS.ProcessEnv, url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [apiProgram], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => lastWords.set(child, (wordsOf(child) + chunk.toString()).slice(-4_000)));
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (hasEnded(child)) throw new Error(`The API ended before it was ready:\n${wordsOf(child)}`);
    const ready = await fetch(`${url}/health/readiness`).catch(() => undefined);
    if (ready?.ok) return child;
    await sleep(50);
  }
  await endProcess(child);
  throw new Error(`The API was not ready in time:\n${wordsOf(child)}`);
}

/** How a process ended, with its last words; undefined while it lives. */
export function endOf(child: ChildProcess): string | undefined {
  if (!hasEnded(child)) return undefined;
  return `ended with ${child.signalCode ?? child.exitCode}: ${wordsOf(child)}`;
}

/** Resolves when the process is gone. */
export function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  return ended;
}

function wordsOf(child: ChildProcess): string {
  return lastWords.get(child) ?? '';
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
