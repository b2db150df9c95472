import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  pickFreePort,
  type RunningNacos,
  type RunningPostgres,
  type RunningRedis,
  startNacos,
  startPostgres,
  startRedis,
} from '@grey/testkit';
import { endOf, endProcess, launchApi } from '../../launch-api.ts';

/** Something that can be killed without warning and started again at the same place. */
export interface Part {
  readonly name: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresPart extends Part {
  readonly url: string;
}

export async function startPostgresPart(folder: string): Promise<PostgresPart> {
  const dataDir = path.join(folder, 'postgres');
  const port = await pickFreePort();
  let server: RunningPostgres = await startPostgres({ dataDir, port });
  await server.ensureDatabase('grey');
  return {
    name: 'postgres',
    url: server.url('grey'),
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await gone(server.pid);
    },
    restart: async () => {
      // Its children notice within moments that their parent is gone; until then the data folder is taken.
      server = await untilItStarts(() => startPostgres({ dataDir, port }));
    },
    stop: () => server.stop(),
  };
}

export async function startRedisPart(): Promise<Part & { readonly url: string }> {
  const server: RunningRedis = await startRedis();
  return {
    name: 'redis',
    url: server.url,
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

export async function startNacosPart(): Promise<Part & { readonly url: string }> {
  const server: RunningNacos = await startNacos({ generation: 3 });
  return {
    name: 'nacos',
    url: server.url,
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

export interface ApiPart extends Part {
  readonly url: string;
  readonly dataDir: string;
  /** How it ended, with its last words; undefined while it lives. */
  end(): string | undefined;
}

export async function startApiPart(name: string, folder: string, shared: NodeJS.ProcessEnv): Promise<ApiPart> {
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  const dataDir = path.join(folder, name);
  mkdirSync(dataDir, { recursive: true });
  const env = { ...process.env, ...shared, GREY_PORT: String(port), GREY_DATA_DIR: dataDir, GREY_LOG_LEVEL: 'error' };
  let child: ChildProcess = await launchApi(env, url);
  return {
    name,
    url,
    dataDir,
    end: () => endOf(child),
    kill: () => endProcess(child, 'SIGKILL'),
    restart: async () => {
      child = await launchApi(env, url);
    },
    stop: () => endProcess(child),
  };
}

async function untilItStarts<T>(start: () => Promise<T>): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
