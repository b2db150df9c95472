import { Socket } from 'node:net';
import pg from 'pg';
import type { DataSourceAddress } from '../../migration.ts';
import type { TenantDatabase } from '../tenant-database.ts';
import { UpgradeError } from '../upgrade-error.ts';
import { classifyPostgresError } from './classify-error.ts';
import type { KeptConnections, Line } from './kept-connections.ts';
import { PostgresConnection } from './postgres-connection.ts';
import { PostgresSession } from './postgres-session.ts';

export interface PostgresOptions {
  /** How long to wait for a connection, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** Where connections come from and go to that one session has ended with; default nowhere. */
  readonly kept?: KeptConnections | undefined;
}

/** A schema of a PostgreSQL database, 14 or later. */
export function postgresDatabase(address: DataSourceAddress, options: PostgresOptions = {}): TenantDatabase {
  const schema = address.schema ?? 'public';
  const label = `${address.host}:${address.port}/${address.database} schema ${schema}`;
  const { kept, connectTimeoutMs = 10_000 } = options;
  const connect = async () => new PostgresConnection(await connectTo(address, label, connectTimeoutMs), label);
  const openOn = (connection: PostgresConnection) =>
    PostgresSession.start(connection, schema, {
      connect,
      async leave() {
        if (kept === undefined) return connection.close();
        const free = await connection.release();
        if (free !== undefined) kept.put(address, free);
      },
    });
  return {
    engine: 'postgres',
    label,
    async openSession() {
      const line = kept?.take(address);
      if (line === undefined) return openOn(await connect());
      try {
        return await openOn(new PostgresConnection(line, label));
      } catch (error) {
        // It broke while it was kept, which says nothing about the server now.
        if (!(error instanceof UpgradeError) || !error.isConnectionLost) throw error;
        return openOn(await connect());
      }
    },
  };
}

async function connectTo(address: DataSourceAddress, label: string, connectionTimeoutMillis: number): Promise<Line> {
  const socket = new Socket();
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    password: address.password,
    application_name: 'grey-schema-upgrades',
    connectionTimeoutMillis,
    keepAlive: true,
    stream: () => socket,
    ssl: address.tls === 'off' ? false : { rejectUnauthorized: address.tls === 'verify' },
  });
  // Whatever happens to a session also fails the query that runs or the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw classifyPostgresError(error, label);
  }
  return { client, socket, sessionCount: 0 };
}
