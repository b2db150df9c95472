import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_TENANT_HOST } from './demo/tenant-server.ts';
import { apiProgram, consoleFolder, dataFolder, logFolder, pathForPeople } from './locations.ts';
import { loadSecrets } from './secrets.ts';
import { type Child, startChild } from './start-child.ts';

const READY_WITHIN_MS = 90_000;
const POLL_MS = 50;

export interface ApiOptions {
  readonly databaseUrl: string;
  /** Undefined: no Redis. */
  readonly redisUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Demo mode: the first administrator keeps the first password, so that the demo data can be created with it. */
  readonly hasDemo: boolean;
  /** 1 for the first replica, whose data folder is the launcher's own, so that a single start goes on where it left off. */
  readonly number: number;
}

/** Starts a replica of the API as a child. What the environment says goes before what the launcher would choose. */
export function startApi({ databaseUrl, redisUrl, host, port, hasDemo, number }: ApiOptions): Child {
  const secrets = loadSecrets();
  const defaults = {
    GREY_CONSOLE_DIR: consoleFolder,
    GREY_JWT_SECRET: secrets.jwtSecret,
    GREY_PLAN_SECRET: secrets.planSecret,
    GREY_SECRETS_KEY: secrets.secretsKey,
    ...(process.env.GREY_MASTER_KEY_FILE ? {} : { GREY_MASTER_KEY: secrets.masterKey }),
    ...(redisUrl === undefined ? {} : { GREY_REDIS_URL: redisUrl }),
    // The demo's tenants have their schemas on the embedded server.
    // Whichever replica made a backup, any may write it back.
    GREY_BACKUP_DIR: path.join(dataFolder, 'backups'),
    ...(hasDemo ? { GREY_DEMO: '1', GREY_DATA_SOURCE_ALLOW: DEMO_TENANT_HOST } : {}),
  };
  const unset = Object.entries(defaults).filter(([name]) => !process.env[name]);
  return startChild({
    name: number === 1 ? 'api' : `api-${number}`,
    program: apiProgram,
    env: {
      ...Object.fromEntries(unset),
      GREY_DATABASE_URL: databaseUrl,
      GREY_HOST: host,
      GREY_PORT: String(port),
      GREY_DATA_DIR: number === 1 ? dataFolder : path.join(dataFolder, `replica-${number}`),
    },
  });
}

/**
 * Waits until the API has a snapshot and answers.
 *
 * @throws Error with what the API logged last when it ends before that or takes too long
 */
export async function waitUntilReady(api: Child, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!signal.aborted) {
    if (!api.isRunning()) throw new Error(`${api.lastWords()}\nThe API did not start; its last words are above.`);
    if (await isReady(url)) return;
    if (Date.now() > deadline) {
      throw new Error(`${api.lastWords()}\nThe API is not ready; its log is in ${pathForPeople(logFolder)}.`);
    }
    await sleep(POLL_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/readiness`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
