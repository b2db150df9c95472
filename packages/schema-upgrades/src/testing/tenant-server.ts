import { createTestDatabase, startTemplateDatabase } from '@grey/testkit';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { DataSourceAddress } from '../migration.ts';

/** One database with as many tenant schemas as a test file wants. */
export interface TenantServer {
  /** Makes an empty schema and says how to get there. */
  makeTenant(name: string): Promise<DataSourceAddress>;
  /** The way to a schema of it. */
  addressOf(schema: string): DataSourceAddress;
  query<Row extends pg.QueryResultRow>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** A session of a stranger; ended with the test file. */
  connect(): Promise<pg.Client>;
}

/** Starts a private PostgreSQL before the tests of a file, and ends it after them. */
export function useTenantServer(): TenantServer {
  let stop: () => Promise<void> = async () => undefined;
  let url = '';
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  let own: pg.Pool;
  beforeAll(async () => {
    const server = await startTemplateDatabase({ prepare: async () => undefined });
    stop = server.stop;
    url = (await createTestDatabase(server)).connectionString;
    own = new pg.Pool({ connectionString: url, max: 3 });
    own.on('error', () => undefined);
  });
  afterAll(async () => {
    for (const client of clients) await client.end().catch(() => undefined);
    await own.end();
    await stop();
  });
  return {
    connect,
    async makeTenant(name) {
      await own.query(`CREATE SCHEMA ${pg.escapeIdentifier(name)}`);
      return addressOf(url, name);
    },
    addressOf: (schema) => addressOf(url, schema),
    query: async (sql, parameters = []) => (await own.query(sql, parameters)).rows,
  };
}

export function addressOf(url: string, schema: string): DataSourceAddress {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    engine: 'postgres',
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    schema,
    user: username,
    password,
    tls: 'off',
  };
}
