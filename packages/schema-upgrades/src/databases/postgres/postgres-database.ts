import { Socket } from 'node:net';
import pg from 'pg';
import type { DataSourceAddress } from '../../migration.ts';
import type { TenantDatabase } from '../tenant-database.ts';
import { classifyPostgresError } from './classify-error.ts';
import { PostgresConnection } from './postgres-connection.ts';
import { PostgresSession } from './postgres-session.ts';

export interface PostgresOptions {
  /** How long to wait for a connection, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** A schema of a PostgreSQL database, 14 or later. */
export function postgresDatabase(address: DataSourceAddress, options: PostgresOptions = {}): TenantDatabase {
  const schema = address.schema ?? 'public';
  const label = `${address.host}:${address.port}/${address.database} schema ${schema}`;
  const connect = () => connectTo(address, label, options.connectTimeoutMs ?? 10_000);
  return {
    engine: 'postgres',
    label,
    openSession: async () => PostgresSession.start(await connect(), schema, connect),
  };
}

async function connectTo(
  address: DataSourceAddress,
  label: string,
  connectionTimeoutMillis: number,
): Promise<PostgresConnection> {
  // Ours, so that it can be cut: a server that vanished without a word would be waited for until the kernel gives up.
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
  return new PostgresConnection(client, socket, label);
}
