import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 10_000;
/** Of one attempt: a stranger on the port may accept and never say a word. */
const ANSWERS_WITHIN_MS = 1_000;
const POLL_MS = 10;

/** One run of a server program, from its start to its end. */
export interface RedisProcess {
  readonly pid: number;
  isRunning(): boolean;
  /** Sends the signal and resolves when the process is gone; SIGKILL follows when it takes too long. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Runs a server and resolves when this very process, not another that took the port, answers.
 *
 * @param args settings, those of the port included
 * @param onStart told the number at once, so that nothing is left behind when it never answers
 * @throws Error with the server's own last words
 */
export async function runRedis(
  program: string,
  args: readonly string[],
  port: number,
  cwd: string,
  onStart: (pid: number | undefined) => void,
): Promise<RedisProcess> {
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastWords = collectLastWords(child);
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  onStart(child.pid);
  try {
    await waitUntilItAnswers(port, child.pid, async () => (isRunning() ? undefined : lastWords()));
  } catch (error) {
    if (isRunning()) child.kill('SIGKILL');
    onStart(undefined);
    throw error;
  }
  child.once('exit', () => onStart(undefined));
  child.unref();
  return { pid: child.pid as number, isRunning, end: (signal) => end(child, isRunning, signal) };
}

async function end(child: ChildProcess, isRunning: () => boolean, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning()) return;
  child.ref();
  const gone = once(child, 'exit');
  child.kill(signal);
  // A server that a test stopped with SIGSTOP would not hear it.
  child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}

async function waitUntilItAnswers(
  port: number,
  pid: number | undefined,
  findFailure: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const failure = await findFailure();
    if (failure !== undefined) throw new Error(`Redis did not start: ${failure}`);
    if ((await readPid(port)) === pid) return;
    if (Date.now() > deadline) throw new Error(`Redis (process ${pid}) does not answer on port ${port}.`);
    await sleep(POLL_MS);
  }
}

/** The process number that the server on this port gives; undefined while none answers or it still loads its data. */
async function readPid(port: number): Promise<number | undefined> {
  const client = new Redis({
    port,
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    connectTimeout: ANSWERS_WITHIN_MS,
    commandTimeout: ANSWERS_WITHIN_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const info = await client.info();
    return /^loading:1/m.test(info) ? undefined : Number(/^process_id:(\d+)/m.exec(info)?.[1]);
  } catch {
    return undefined;
  } finally {
    client.disconnect();
  }
}

/** Keeps reading the server's log, for a full pipe would block it, but remembers only the end. */
function collectLastWords(child: ChildProcess): () => Promise<string> {
  let text = '';
  child.once('error', (error) => {
    text += String(error);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-4_000);
    });
    (stream as unknown as { unref?: () => void } | null)?.unref?.();
  }
  const closed = new Promise<void>(
    (resolve) => void child.once('close', () => resolve()).once('error', () => resolve()),
  );
  return async () => {
    await closed;
    return text.trim() || 'no message';
  };
}
