import { connect, isIP } from 'node:net';
import type { ConnectionOptions } from 'mysql2';
import type { DataSourceAddress } from '../../migration.ts';
import { labelOf } from '../label-of.ts';
import { UpgradeError } from '../upgrade-error.ts';

/**
 * How to get to a server of MySQL or MariaDB, for sessions and for backups.
 *
 * @throws UpgradeError TLS_FAILED for an address by number whose name is to be proven: the driver proves names only
 */
export function mysqlOptions(address: DataSourceAddress, connectTimeoutMs: number): ConnectionOptions {
  return {
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    connectTimeout: connectTimeoutMs,
    enableKeepAlive: true,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    // A server may otherwise ask for a file of this machine instead of answering.
    flags: ['-LOCAL_FILES'],
    queryFormat: formatValues,
    ...wayOf(address),
    ...tlsOf(address),
  };
}

/** A connection of our own goes to the address; the name is what TLS proves. */
function wayOf({ connectTo, port }: DataSourceAddress): Pick<ConnectionOptions, 'stream'> {
  if (connectTo === undefined) return {};
  return { stream: () => connect({ host: connectTo, port, keepAlive: true, noDelay: true }) };
}

/**
 * Puts values where the question marks are, in a form that means the same under any `sql_mode`: what a backslash or a double quote
 * is depends on it, and a migration may change it.
 */
export function formatValues(sql: string, values: unknown): string {
  const list = Array.isArray(values) ? values : [];
  let at = 0;
  return list.length === 0 ? sql : sql.replaceAll('?', () => literalOf(list[at++]));
}

function literalOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(literalOf).join(', ');
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = String(value);
  return text === '' ? "''" : `_utf8mb4 0x${Buffer.from(text).toString('hex')}`;
}

/**
 * What a server limits everybody to is meant for their daily work; ours are the limits of the run, and a backup takes as long as it
 * takes. A session that waits for another of ours must not be ended meanwhile.
 */
export const PATIENCE = `SET SESSION autocommit = 1, wait_timeout = 86400, net_read_timeout = 3600, net_write_timeout = 3600
  /*M! , max_statement_time = 0 */ /*!50708 , max_execution_time = 0 */`;

function tlsOf(address: DataSourceAddress): Pick<ConnectionOptions, 'ssl'> {
  if (address.tls === 'off') return {};
  if (address.tls === 'require') return { ssl: { rejectUnauthorized: false } };
  if (isIP(address.host) !== 0) {
    const message = `${labelOf(address)} is an address without a name, which no certificate can prove here`;
    throw new UpgradeError('TLS_FAILED', message);
  }
  // Without the second a certificate for any name would do.
  return { ssl: { rejectUnauthorized: true, verifyIdentity: true } };
}
