import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { isAlive } from '../find-process.ts';
import { findRunningPostmaster } from './postmaster-pid.ts';
import { type RunningPostgres, startPostgres } from './start-postgres.ts';

const FOLDER_PREFIX = 'grey-test-postgres-';
const TEMPLATE = 'grey_template';

export interface StartTemplateDatabaseOptions {
  /** Brings the template to the state every test starts from, usually by applying the migrations; must disconnect. */
  readonly prepare: (connectionString: string) => Promise<void>;
}

/** What a test needs to make databases; plain data, so that it can be handed to worker processes. */
export interface TemplateDatabase {
  /** Connection string of the server's maintenance database. */
  readonly serverUrl: string;
  readonly templateName: string;
}

export interface TestDatabase {
  readonly connectionString: string;
  /** Removes the database and cuts whoever is still connected to it. */
  drop(): Promise<void>;
}

/**
 * Starts one private PostgreSQL for a whole test run and prepares a template in it. Call it in a global setup.
 *
 * @returns the template's description and `stop`, which ends the server and deletes its files
 */
export async function startTemplateDatabase(
  options: StartTemplateDatabaseOptions,
): Promise<TemplateDatabase & { stop(): Promise<void> }> {
  await removeLeftovers();
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), `${FOLDER_PREFIX}${process.pid}-`));
  let server: RunningPostgres | undefined;
  const stop = async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.unfinished`, { recursive: true, force: true });
  };
  try {
    server = await startPostgres({ dataDir: folder, isDurable: false });
    await runOnServer(server.url(), `CREATE DATABASE ${TEMPLATE}`);
    await options.prepare(server.url(TEMPLATE));
    return { serverUrl: server.url(), templateName: TEMPLATE, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

let createdCount = 0;

/**
 * Makes a fresh database as a copy of the template: some 30 ms instead of running all migrations again.
 *
 * @param template as returned by {@link startTemplateDatabase}, possibly in another process
 */
export async function createTestDatabase(template: TemplateDatabase): Promise<TestDatabase> {
  createdCount += 1;
  const name = `test_${process.pid}_${createdCount}_${Math.trunc(performance.timeOrigin).toString(36)}`;
  await runOnServer(template.serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template.templateName}`);
  const url = new URL(template.serverUrl);
  url.pathname = `/${name}`;
  return {
    connectionString: url.href,
    drop: () => runOnServer(template.serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Ends the servers of test runs that were killed before they could clean up. */
async function removeLeftovers(): Promise<void> {
  const parent = realpathSync(tmpdir());
  for (const name of readdirSync(parent)) {
    const owner = name.startsWith(FOLDER_PREFIX) ? Number.parseInt(name.slice(FOLDER_PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    const folder = path.join(parent, name);
    try {
      const server = findRunningPostmaster(folder);
      if (server !== undefined) process.kill(server.pid, 'SIGQUIT');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // Another user's run, or one that is being removed right now; it is theirs to clean.
    }
  }
}

async function runOnServer(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
