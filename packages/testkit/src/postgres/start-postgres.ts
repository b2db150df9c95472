import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isAlive } from '../find-process.ts';
import { pickFreePort } from '../pick-free-port.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { findRunningPostmaster, type PostmasterRecord } from './postmaster-pid.ts';
import { initialiseDataFolder, prepareDataFolder } from './prepare-data-folder.ts';
import { chooseServerAccount, type ServerAccount } from './server-account.ts';

const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 15_000;
const POLL_MS = 25;

export interface StartPostgresOptions {
  /** Folder of the database files; created and initialised when it is not there. */
  readonly dataDir: string;
  /** TCP port on 127.0.0.1; without it a free one is chosen. A server that is already running keeps its own. */
  readonly port?: number;
  /** `false` turns fsync off: faster, and the data is lost when the server or the machine is killed. For tests only. Default `true`. */
  readonly isDurable?: boolean;
  /** Folder with the programs of another PostgreSQL; default the embedded one. */
  readonly programFolder?: string;
}

export interface RunningPostgres {
  readonly port: number;
  /** Process number of the postmaster. */
  readonly pid: number;
  /** True when the server had outlived an earlier parent and was taken over. */
  readonly isReused: boolean;
  /** Connection string of a database on this server, as superuser `postgres`, by default database `postgres`. */
  url(database?: string): string;
  /** Creates a database of that name (lower case, digits, underscores) unless there is one. */
  ensureDatabase(name: string): Promise<void>;
  /** Fast shutdown: open sessions are cut, everything committed is on disk. Resolves when the process is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL on loopback and resolves when it answers queries.
 *
 * A server that still runs on the same data folder is taken over instead of started twice. The server is put in a
 * process group of its own: a Ctrl-C in the terminal must not stop it before the processes that use it.
 *
 * @throws Error with the server's own last words when it does not come up
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const account = chooseServerAccount();
  const { programFolder } = options;
  const binaries =
    programFolder === undefined
      ? await findPostgresBinaries(account)
      : { initdb: path.join(programFolder, 'initdb'), postgres: path.join(programFolder, 'postgres') };
  const dataDir = prepareDataFolder(path.resolve(options.dataDir), account);
  const running = findRunningPostmaster(dataDir);
  if (running !== undefined) {
    await waitUntilItAnswers(running, dataDir, () => (isAlive(running.pid) ? undefined : 'it stopped meanwhile'));
    return describe(running, true);
  }
  initialiseDataFolder(dataDir, binaries.initdb, account);
  const port = options.port ?? (await pickFreePort());
  return describe(await launch(binaries.postgres, dataDir, port, options.isDurable ?? true, account), false);
}

async function launch(
  program: string,
  dataDir: string,
  port: number,
  isDurable: boolean,
  account: ServerAccount,
): Promise<PostmasterRecord> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...(isDurable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const child = spawn(program, ['-D', dataDir, '-p', String(port), ...settings.flatMap((one) => ['-c', one])], {
    ...account,
    cwd: tmpdir(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastWords = collectLastWords(child);
  await waitUntilItAnswers({ pid: child.pid ?? -1, port }, dataDir, () =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined ? lastWords() : undefined,
  );
  child.unref();
  return { pid: child.pid as number, port };
}

/** Keeps reading the server's log, for a full pipe would block it, but remembers only the end. */
function collectLastWords(child: ChildProcess): () => string {
  let text = '';
  child.once('error', (error) => {
    text += String(error);
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4_000);
  });
  const pipe = child.stderr as unknown as { unref?: () => void } | null;
  pipe?.unref?.();
  return () => text.trim() || 'no message';
}

async function waitUntilItAnswers(
  server: PostmasterRecord,
  dataDir: string,
  findFailure: () => string | undefined,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const failure = findFailure();
    if (failure !== undefined) throw new Error(`The embedded PostgreSQL did not start: ${failure}`);
    if (await answers(server.port, dataDir)) return;
    if (Date.now() > deadline) throw new Error(`The embedded PostgreSQL (process ${server.pid}) does not answer.`);
    await sleep(POLL_MS);
  }
}

/** Another server may hold the port that ours was meant to get, so the answer must come from this data folder. */
async function answers(port: number, dataDir: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres'), connectionTimeoutMillis: 2_000 });
  // A connection cut during start-up is reported here as well; the answer is the same: not yet.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query("SELECT current_setting('data_directory') AS folder");
    return rows[0].folder === dataDir;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function describe(server: PostmasterRecord, isReused: boolean): RunningPostgres {
  return {
    ...server,
    isReused,
    url: (database = 'postgres') => urlOf(server.port, database),
    ensureDatabase: (name) => ensureDatabase(urlOf(server.port, 'postgres'), name),
    stop: () => stop(server.pid),
  };
}

async function ensureDatabase(connectionString: string, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`Not a plain database name: ${name}`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
}

async function stop(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOPPED_WITHIN_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGQUIT');
      return;
    }
    await sleep(POLL_MS);
  }
}

function urlOf(port: number, database: string): string {
  return `postgresql://postgres@127.0.0.1:${port}/${database}`;
}
