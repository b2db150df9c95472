import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pickFreePort } from '@grey/testkit';

const READY_WITHIN_MS = 60_000;
const program = path.resolve(import.meta.dirname, '../dist/src/main.js');

/** The built API as a process of its own, which can be killed. */
export interface SpawnedApi {
  readonly url: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Resolves when it is ready. @throws Error with its own last words when it does not come up */
export async function spawnApi(env: NodeJS.ProcessEnv): Promise<SpawnedApi> {
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, GREY_LOG_LEVEL: 'error', ...env, GREY_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-4_000);
    });
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && child.exitCode === null) {
    const ready = await fetch(`${url}/health/readiness`).catch(() => undefined);
    if (ready?.ok) return { url, kill: () => kill(child) };
    await sleep(20);
  }
  await kill(child);
  throw new Error(`The API did not come up:\n${words}`);
}

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  return ended;
}
