import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { NACOS_ADMIN } from './nacos-settings.ts';

/** On a machine that runs other suites a start takes many times the usual 6 s. */
const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 10_000;
const ANSWERS_WITHIN_MS = 2_000;
const POLL_MS = 100;

/** One run of the server, from its start to its end. */
export interface NacosProcess {
  readonly pid: number;
  isRunning(): boolean;
  /** Sends the signal and resolves when the process is gone; SIGKILL follows when it takes too long. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Runs `java` and resolves when the server's own readiness says so.
 *
 * @param isReady asked again and again; may throw while nobody listens
 * @param onStart told the process number at once, so that nothing is left behind when it never gets ready
 * @throws Error with the server's last words
 */
export async function runNacos(
  args: readonly string[],
  cwd: string,
  isReady: () => Promise<boolean>,
  onStart: (pid: number | undefined) => void,
): Promise<NacosProcess> {
  const child = spawn('java', args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastWords = collectLastWords(child);
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  onStart(child.pid);
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady().catch(() => false))) {
    if (isRunning() && Date.now() < deadline) {
      await sleep(POLL_MS);
      continue;
    }
    if (isRunning()) child.kill('SIGKILL');
    onStart(undefined);
    throw new Error(`Nacos did not get ready: ${lastWords()}`);
  }
  child.once('exit', () => onStart(undefined));
  child.unref();
  return { pid: child.pid as number, isRunning, end: (signal) => end(child, isRunning, signal) };
}

/** Readiness as the server itself tells it. */
export async function answersReady(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  await response.body?.cancel();
  return response.status === 200;
}

/**
 * Creates the first user where there is none, and says whether it can log in: users are read some seconds after the
 * start, and until then the server refuses everybody.
 */
export async function canLogIn(baseUrl: string, paths: { create: string; login: string }): Promise<boolean> {
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${baseUrl}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
  const login = await post(paths.login, NACOS_ADMIN);
  if (login.status === 200) return /accessToken/.test(await login.text());
  await login.body?.cancel();
  const created = await post(paths.create, { password: NACOS_ADMIN.password });
  await created.body?.cancel();
  return false;
}

async function end(child: ChildProcess, isRunning: () => boolean, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning()) return;
  child.ref();
  const gone = once(child, 'exit');
  child.kill(signal);
  // A server that was stopped with SIGSTOP hears nothing but SIGKILL.
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}

/** Keeps reading what the server prints, for a full pipe would block it, but remembers only the end. */
function collectLastWords(child: ChildProcess): () => string {
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
  return () => text.trim() || 'no message';
}
