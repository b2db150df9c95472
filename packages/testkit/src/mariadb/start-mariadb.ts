import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickFreePort } from '../pick-free-port.ts';
import { chooseServerAccount, type ServerAccount } from '../postgres/server-account.ts';
import { startGuard } from '../start-guard.ts';
import { findMariadb } from './find-mariadb.ts';

const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 15_000;

export interface RunningMariadb {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Path of its Unix socket. */
  readonly socket: string;
  /** May do everything, and has no password. */
  readonly user: string;
  /** Process number of the present run. */
  readonly pid: number;
  /** Ends it for good and removes its files. */
  stop(): Promise<void>;
  /** SIGKILL, and resolves when the process is gone; what was committed stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files; ends it in good order first if it still runs. */
  restart(): Promise<void>;
}

export interface StartMariadbOptions {
  /** For the server's command line: `--lower-case-table-names=1`. */
  readonly settings?: readonly string[];
}

/**
 * Starts a private MariaDB on loopback, with empty files in a temporary folder, and resolves when it takes connections. It ends
 * with this process, also when that is killed hard. Not durable against a crash of the machine: for tests.
 *
 * @throws Error when there is no server program, or with its last words when it does not come up
 */
export async function startMariadb({ settings = [] }: StartMariadbOptions = {}): Promise<RunningMariadb> {
  const found = findMariadb();
  if ('reason' in found) throw new Error(`No MariaDB to start: ${found.reason}`);
  const account = chooseServerAccount();
  const folder = makeFolder(account);
  const guard = startGuard(folder);
  const dataDir = path.join(folder, 'data');
  const socket = path.join(folder, 'socket');
  try {
    installFiles(found.programs.install, dataDir, account, settings);
    const port = await pickFreePort();
    const run = () => runServer(found.programs.server, dataDir, socket, port, settings, account, guard.watch);
    let current = await run();
    return {
      port,
      socket,
      user: 'root',
      get pid() {
        return current.pid as number;
      },
      async stop() {
        await end(current, 'SIGTERM');
        await guard.release();
      },
      kill: () => end(current, 'SIGKILL'),
      async restart() {
        await end(current, 'SIGTERM');
        current = await run();
      },
    };
  } catch (error) {
    await guard.release();
    throw error;
  }
}

/** Short, as a socket's path may have some hundred characters only; open to the account a root run drops to. */
function makeFolder(account: ServerAccount): string {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-mariadb-'));
  chmodSync(folder, 0o755);
  const dataDir = path.join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  for (const place of [folder, dataDir]) {
    if (account.uid !== undefined && account.gid !== undefined) chownSync(place, account.uid, account.gid);
  }
  return folder;
}

function installFiles(program: string, dataDir: string, account: ServerAccount, settings: readonly string[]): void {
  const args = [
    '--no-defaults',
    `--datadir=${dataDir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...settings,
  ];
  const result = spawnSync(program, args, { ...account, cwd: dataDir, encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`mariadb-install-db failed: ${result.stderr || result.stdout || String(result.error)}`);
  }
}

async function runServer(
  program: string,
  dataDir: string,
  socket: string,
  port: number,
  settings: readonly string[],
  account: ServerAccount,
  watch: (pid: number | undefined) => void,
): Promise<ChildProcess> {
  const args = [
    '--no-defaults',
    `--datadir=${dataDir}`,
    `--socket=${socket}`,
    `--pid-file=${path.join(dataDir, 'server.pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    // Written at each commit, never synced: what was committed outlives the process, not the machine.
    '--innodb-flush-log-at-trx-commit=2',
    '--innodb-flush-method=nosync',
    '--sync-frm=OFF',
    '--innodb-buffer-pool-size=64M',
    '--character-set-server=utf8mb4',
    ...settings,
  ];
  // A process group of its own: a Ctrl-C in the terminal must not end it before those who use it.
  const child = spawn(program, args, { ...account, cwd: dataDir, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  watch(child.pid);
  try {
    await untilReady(child);
  } catch (error) {
    child.kill('SIGKILL');
    watch(undefined);
    throw error;
  }
  child.once('exit', () => watch(undefined));
  child.unref();
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  return child;
}

/** It says so itself; another server that took the port would only be found out later. */
async function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`MariaDB did not start: ${why}\n${log.trim()}`));
    };
    const timer = setTimeout(() => fail('it is not ready in time'), READY_WITHIN_MS);
    child.once('error', (error) => fail(String(error)));
    child.once('exit', () => fail('it ended'));
    // Read on for ever: a full pipe would block the server.
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-4_000);
      if (!/ready for connections/.test(log)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}
