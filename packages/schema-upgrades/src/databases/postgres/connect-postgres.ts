import { isIP, Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import type { DataSourceAddress } from '../../migration.ts';
import { labelOf } from '../label-of.ts';
import { withoutCredentials } from '../without-credentials.ts';
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
    host: address.connectTo ?? address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    password: address.password,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    stream: () => socket,
    ssl: tlsOf(address),
  });
  // Whatever happens to a session also fails the query that runs or the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw classifyPostgresError(withoutCredentials(error, address), labelOf(address));
  }
  return { client, socket };
}

/** The driver goes no further without TLS once it was asked for. It knows where it goes, and the certificate is for the name. */
function tlsOf({ tls, host }: DataSourceAddress): pg.ClientConfig['ssl'] {
  if (tls !== 'verify') return tls === 'off' ? false : { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}
