import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DataSourceAddress, type RunResult, runMigrations, tenantDatabaseAt } from '@grey/schema-upgrades';
import {
  findMariadb,
  isAlive,
  type RunningMariadb,
  type RunningPostgres,
  startMariadb,
  startPostgres,
} from '@grey/testkit';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { ACCOUNTS_SET, BROKEN_ACCOUNTS_SET } from '../../../../../packages/schema-upgrades/src/testing/accounts-set.ts';
import { BROKEN_SET, PREFERENCES_SET } from '../../../../../packages/schema-upgrades/src/testing/preferences-set.ts';
import type { SoakTenant } from './soak-tenant.ts';

const SETS = {
  postgres: { whole: PREFERENCES_SET, broken: BROKEN_SET },
  mysql: { whole: ACCOUNTS_SET, broken: BROKEN_ACCOUNTS_SET },
} as const;

/** Between two looks whether a server is there still, in milliseconds. */
const LOOK_MS = 200;

/** A PostgreSQL with a schema for each tenant, and a MariaDB with a database for each where there is one. */
export class TenantServers {
  readonly #folder: string;
  readonly #postgres: RunningPostgres;
  readonly #mariadb: RunningMariadb | undefined;
  readonly #pool: pg.Pool;
  readonly #watching: NodeJS.Timeout;
  #crashCount = 0;
  #restarting: Promise<void> | undefined;

  private constructor(folder: string, postgres: RunningPostgres, mariadb: RunningMariadb | undefined) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#mariadb = mariadb;
    this.#pool = new pg.Pool({ connectionString: postgres.url(), max: 2 });
    this.#pool.on('error', () => undefined);
    this.#watching = setInterval(() => this.#restartCrashed(), LOOK_MS);
  }

  static async start(): Promise<TenantServers> {
    const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-soak-runner-'));
    const postgres = await startPostgres({ dataDir: path.join(folder, 'data'), isDurable: false });
    return new TenantServers(folder, postgres, 'programs' in findMariadb() ? await startMariadb() : undefined);
  }

  /** MariaDB 10.11 dies at times of a client that is killed in the midst of a statement; whoever runs one starts it again. */
  get crashCount(): number {
    return this.#crashCount;
  }

  get hasMariadb(): boolean {
    return this.#mariadb !== undefined;
  }

  /** A tenant with an empty schema. */
  async make(name: string, engine: DataSourceAddress['engine'], set: 'whole' | 'broken'): Promise<SoakTenant> {
    const address = engine === 'postgres' ? await this.#makeSchema(name) : await this.#makeDatabase(name);
    return { name, address, migrations: SETS[engine][set], outcome: set === 'whole' ? 'done' : 'taken-back' };
  }

  /** What tells how often each migration ran: rows that every one of them counts up. */
  async readCounters({ name, address }: SoakTenant): Promise<string> {
    const sql = `SELECT * FROM ${name}.done ORDER BY 1`;
    const rows = address.engine === 'postgres' ? (await this.#pool.query(sql)).rows : await this.#askMariadb(sql);
    return JSON.stringify(rows);
  }

  async stop(): Promise<void> {
    clearInterval(this.#watching);
    await this.#restarting;
    await this.#pool.end();
    await Promise.all([this.#postgres.stop(), this.#mariadb?.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #restartCrashed(): void {
    const mariadb = this.#mariadb;
    if (mariadb === undefined || this.#restarting !== undefined || isAlive(mariadb.pid)) return;
    this.#crashCount += 1;
    this.#restarting = mariadb.restart().finally(() => {
      this.#restarting = undefined;
    });
  }

  async #makeSchema(name: string): Promise<DataSourceAddress> {
    await this.#pool.query(`CREATE SCHEMA ${name}`);
    const { hostname: host, port, pathname, username: user, password } = new URL(this.#postgres.url());
    const database = pathname.slice(1);
    return { engine: 'postgres', host, port: Number(port), database, schema: name, user, password, tls: 'off' };
  }

  async #makeDatabase(name: string): Promise<DataSourceAddress> {
    await this.#askMariadb(`CREATE DATABASE ${name}`);
    const place = { host: '127.0.0.1', port: this.#mariadb?.port ?? 0, database: name, schema: null };
    return { engine: 'mysql', ...place, user: 'root', password: '', tls: 'off' };
  }

  async #askMariadb(sql: string): Promise<unknown> {
    const connection = await createConnection({ host: '127.0.0.1', port: this.#mariadb?.port ?? 0, user: 'root' });
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  }
}

/** Brings a tenant to its end, whatever state it was left in. */
export function runUndisturbed({ name, address, migrations }: SoakTenant): Promise<RunResult> {
  const who = { tenantId: name, serviceId: 'payment', runId: `run-of-${name}`, by: 'soak' };
  return runMigrations({ ...who, database: tenantDatabaseAt(address), migrations, direction: 'up' });
}

export async function dumpOf({ address }: SoakTenant): Promise<string> {
  const session = await tenantDatabaseAt(address).openSession();
  try {
    return (await session.dumpCatalogue()).text;
  } finally {
    await session.close();
  }
}
