import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickFreePort } from '../pick-free-port.ts';
import { startGuard } from '../start-guard.ts';
import { buildNacos, type NacosGeneration } from './build-nacos.ts';
import { answersReady, canLogIn, type NacosProcess, runNacos } from './nacos-process.ts';
import { NACOS_ADMIN, nacosJvmOptions, nacosProperties } from './nacos-settings.ts';

const ATTEMPTS = 3;
/** Beside its port a server takes these, counted from it: gRPC for clients and servers, and JRaft. */
const PORT_OFFSETS = [1_000, 1_001, -1_000];

const PATHS = {
  2: {
    ready: '/nacos/v1/ns/operator/metrics',
    create: '/nacos/v1/auth/users/admin',
    login: '/nacos/v1/auth/users/login',
  },
  3: {
    ready: '/nacos/v3/admin/core/state/readiness',
    create: '/nacos/v3/auth/user/admin',
    login: '/nacos/v3/auth/user/login',
  },
} as const;

export interface StartNacosOptions {
  readonly generation: NacosGeneration;
  /** HTTP port on 127.0.0.1; without it a free one is chosen. */
  readonly port?: number;
  /** `true` demands credentials for everything; they are in the result. Adds up to 6 s to a start. Default `false`. */
  readonly auth?: boolean;
}

export interface RunningNacos {
  /** `http://127.0.0.1:port`; the API is below `/nacos`. */
  readonly url: string;
  readonly generation: NacosGeneration;
  readonly port: number;
  /** Process number of the present run. */
  readonly pid: number;
  /** Of the administrator, when it was started with `auth`. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  isRunning(): boolean;
  /** Ends it for good and removes its files. */
  stop(): Promise<void>;
  /** SIGKILL, and resolves when the process is gone. Users and persistent instances stay for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder; ends it first if it still runs. */
  restart(): Promise<void>;
}

/**
 * Starts a real standalone Nacos on loopback and resolves when it is ready (6 s, 450 MB); the first time on a machine it is
 * built before that. It ends with this process, also when that is killed hard.
 *
 * @throws Error when it cannot be built or run here, or with its last words when it does not get ready
 */
export async function startNacos(options: StartNacosOptions): Promise<RunningNacos> {
  const { generation } = options;
  const { classPath, mainClass } = await buildNacos(generation);
  const home = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-nacos-'));
  mkdirSync(path.join(home, 'conf'));
  const guard = startGuard(home);
  const run = (port: number) => {
    const properties = nacosProperties(generation, port, home, options.auth ?? false);
    writeFileSync(path.join(home, 'conf', 'application.properties'), properties, { mode: 0o600 });
    const location = `--spring.config.additional-location=file:${home}/conf/`;
    const args = [...nacosJvmOptions(home), '-cp', classPath, mainClass, location];
    const url = urlOf(port);
    const isReady = async () =>
      (await answersReady(url + PATHS[generation].ready)) &&
      (!options.auth || (await canLogIn(url, PATHS[generation])));
    return runNacos(args, home, isReady, (pid) => guard.watch(pid));
  };
  try {
    const { port, process } = await takePort(options.port, run, () =>
      rmSync(path.join(home, 'data'), { recursive: true, force: true }),
    );
    return describe(generation, port, options.auth ? NACOS_ADMIN : undefined, process, () => run(port), guard.release);
  } catch (error) {
    await guard.release();
    throw error;
  }
}

/**
 * Between looking for free ports and taking them, another may take one; and on a busy machine Derby gives up when its first
 * database takes longer than it allows. Then it is tried anew.
 */
async function takePort(
  wanted: number | undefined,
  run: (port: number) => Promise<NacosProcess>,
  reset: () => void,
): Promise<{ port: number; process: NacosProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await pickFreeBlock());
    try {
      return { port, process: await run(port) };
    } catch (error) {
      const words = error instanceof Error ? error.message : '';
      const isTaken = wanted === undefined && /already in use|Failed to bind/i.test(words);
      if (!(isTaken || /Login timeout exceeded/.test(words)) || attempt === ATTEMPTS) throw error;
      reset();
    }
  }
}

async function pickFreeBlock(): Promise<number> {
  for (;;) {
    const port = await pickFreePort();
    const others = PORT_OFFSETS.map((offset) => port + offset).filter((other) => other > 1_023 && other < 65_536);
    const free = await Promise.all(others.map((other) => pickFreePort([other])));
    if (free.length === PORT_OFFSETS.length && free.every((one, i) => one === others[i])) return port;
  }
}

function describe(
  generation: NacosGeneration,
  port: number,
  credentials: RunningNacos['credentials'],
  first: NacosProcess,
  run: () => Promise<NacosProcess>,
  release: () => Promise<void>,
): RunningNacos {
  let current = first;
  return {
    url: urlOf(port),
    generation,
    port,
    credentials,
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

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
