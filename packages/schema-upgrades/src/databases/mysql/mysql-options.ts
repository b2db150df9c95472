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
    ...wayOf(address),
    ...tlsOf(address),
  };
}

/** A connection of our own goes to the address; the name is what TLS proves. */
function wayOf({ connectTo, port }: DataSourceAddress): Pick<ConnectionOptions, 'stream'> {
  if (connectTo === undefined) return {};
  return { stream: () => connect({ host: connectTo, port, keepAlive: true, noDelay: true }) };
}

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
