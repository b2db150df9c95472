import { Socket } from 'node:net';
import pg from 'pg';
import type { DataSourceAddress } from '../../migration.ts';
import { labelOf } from '../label-of.ts';
import { classifyPostgresError } from './classify-error.ts';

export interface PostgresWay {
  readonly client: pg.Client;
  /** Ours, so that it can be cut: a server that vanished without a word would be waited for until the kernel gives up. */
  readonly socket: Socket;
}

/**
 * The one way to a PostgreSQL server, for sessions and for backups.
 *
 * @param applicationName as the server lists the session
 * @throws UpgradeError when there is no way in
 */
export async function connectPostgres(
  address: DataSourceAddress,
  applicationName: string,
  connectTimeoutMs: number,
): Promise<PostgresWay> {
  const socket = new Socket();
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    password: address.password,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    stream: () => socket,
    // The driver goes no further without TLS once it was asked for, and checks the name, or the address, by which we go there.
    ssl: address.tls === 'off' ? false : { rejectUnauthorized: address.tls === 'verify' },
  });
  // Whatever happens to a session also fails the query that runs or the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw classifyPostgresError(error, labelOf(address));
  }
  return { client, socket };
}
