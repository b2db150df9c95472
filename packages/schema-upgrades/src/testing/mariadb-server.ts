import { findMariadb, type RunningMariadb, type StartMariadbOptions, startMariadb } from '@grey/testkit';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll } from 'vitest';
import type { DataSourceAddress } from '../migration.ts';

export interface MariadbServer {
  /** Makes an empty database and says how to get there. */
  makeTenant(name: string): Promise<DataSourceAddress>;
  query(sql: string): Promise<unknown[]>;
  /** A session of a stranger; ended with the test file. */
  connect(): Promise<Connection>;
  readonly running: RunningMariadb;
}

/** Starts a private MariaDB before the tests of a file, where there is one, and ends it after them. */
export function useMariadbServer(options: StartMariadbOptions = {}): MariadbServer {
  let running: RunningMariadb | undefined;
  const clients: Connection[] = [];
  const connect = async () => {
    const client = await createConnection({ host: '127.0.0.1', port: running?.port ?? 0, user: 'root' });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };
  const query = async (sql: string) => {
    const client = await createConnection({ host: '127.0.0.1', port: running?.port ?? 0, user: 'root' });
    try {
      return (await client.query(sql))[0] as unknown[];
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    if ('programs' in findMariadb()) running = await startMariadb(options);
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await running?.stop();
  });
  return {
    connect,
    query,
    async makeTenant(name) {
      await query(`CREATE DATABASE ${name}`);
      const port = running?.port ?? 0;
      return {
        engine: 'mysql',
        host: '127.0.0.1',
        port,
        database: name,
        schema: null,
        user: 'root',
        password: '',
        tls: 'off',
      };
    },
    get running() {
      if (running === undefined) throw new Error('There is no MariaDB');
      return running;
    },
  };
}
