import type { DataSourceAddress } from '../migration.ts';
import { mysqlDatabase } from './mysql/mysql-database.ts';
import type { KeptConnections } from './postgres/kept-connections.ts';
import { postgresDatabase } from './postgres/postgres-database.ts';
import type { TenantDatabase } from './tenant-database.ts';

export interface ConnectOptions {
  /** How long to wait for a connection, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** On PostgreSQL: one for all databases of a worker makes waves over many schemas of one server cheaper. Default none. */
  readonly kept?: KeptConnections | undefined;
}

/** The database at an address, with the driver of its engine. Nothing is opened yet. */
export function tenantDatabaseAt(address: DataSourceAddress, options: ConnectOptions = {}): TenantDatabase {
  return address.engine === 'postgres' ? postgresDatabase(address, options) : mysqlDatabase(address, options);
}
