import type { DataSourceAddress } from '../migration.ts';
import { mysqlDatabase } from './mysql/mysql-database.ts';
import { postgresDatabase } from './postgres/postgres-database.ts';
import type { TenantDatabase } from './tenant-database.ts';

export interface ConnectOptions {
  /** How long to wait for a connection, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** The database at an address, with the driver of its engine. Nothing is opened yet. */
export function tenantDatabaseAt(address: DataSourceAddress, options: ConnectOptions = {}): TenantDatabase {
  return address.engine === 'postgres' ? postgresDatabase(address, options) : mysqlDatabase(address, options);
}
