import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickFreePort } from '../pick-free-port.ts';
import { startGuard } from '../start-guard.ts';
import { findRedis } from './find-redis.ts';
import { type RedisProcess, runRedis } from './redis-process.ts';

const ATTEMPTS = 5;

export interface StartRedisOptions {
  /** TCP port on 127.0.0.1; without it a free one is chosen. */
  readonly port?: number;
  /** Further settings as on the command line, `['--appendonly', 'yes']`; they win over ours. Default: nothing is persisted. */
  readonly args?: readonly string[];
  /** Folder of its files; created when it is not there, and kept. Without it a temporary one that `stop` removes. */
  readonly dir?: string;
}

export interface RunningRedis {
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** Process number of the present run. */
  readonly pid: number;
  /** Folder of its files. */
  readonly dir: string;
  isRunning(): boolean;
  /** Ends it for good and removes its temporary folder. */
  stop(): Promise<void>;
  /** SIGKILL, and resolves when the process is gone. What was persisted stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder with the same settings; ends it in good order first if it still runs. */
  restart(): Promise<void>;
}

/**
 * Starts a private Valkey or Redis on loopback and resolves when it answers. It ends with this process, also when that is
 * killed hard.
 *
 * @throws Error when there is no server program, or with its last words when it does not come up
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RunningRedis> {
  return launchRedis(options, (port) => ['--port', String(port), ...LOOPBACK, ...NOT_PERSISTENT]);
}

/**
 * @internal
 * @param settingsFor settings that come before the user's, for a port; called again with another port when one was taken
 */
export async function launchRedis(
  options: StartRedisOptions,
  settingsFor: (port: number, dir: string) => readonly string[] | Promise<readonly string[]>,
): Promise<RunningRedis> {
  const found = findRedis();
  if ('reason' in found) throw new Error(`No Redis to start: ${found.reason}`);
  const dir = options.dir === undefined ? makeTemporaryFolder() : path.resolve(options.dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const guard = startGuard(options.dir === undefined ? dir : undefined);
  const run = async (port: number): Promise<RedisProcess> => {
    const settings = [...(await settingsFor(port, dir)), ...(options.args ?? [])];
    return runRedis(found.path, settings, port, dir, (pid) => guard.watch(pid));
  };
  try {
    const { port, process } = await takePort(options.port, run);
    return describe(port, dir, process, () => run(port), guard.release);
  } catch (error) {
    await guard.release();
    throw error;
  }
}

/** Settings of every server of ours. */
export const LOOPBACK = ['--bind', '127.0.0.1', '--protected-mode', 'yes', '--daemonize', 'no'];
export const NOT_PERSISTENT = ['--save', '', '--appendonly', 'no'];

/** Between looking for a free port and taking it, another may take it: then the next one is tried. */
async function takePort(
  wanted: number | undefined,
  run: (port: number) => Promise<RedisProcess>,
): Promise<{ port: number; process: RedisProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await pickFreePort());
    try {
      return { port, process: await run(port) };
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!isTaken || wanted !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

function describe(
  port: number,
  dir: string,
  first: RedisProcess,
  run: () => Promise<RedisProcess>,
  release: () => Promise<void>,
): RunningRedis {
  let current = first;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return current.pid;
    },
    isRunning: () => current.isRunning(),
    async stop() {
      await current.end('SIGTERM');
      await release();
    },
    kill: () => current.end('SIGKILL'),
    async restart() {
      await current.end('SIGTERM');
      current = await run();
    },
  };
}

function makeTemporaryFolder(): string {
  return mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-redis-'));
}
