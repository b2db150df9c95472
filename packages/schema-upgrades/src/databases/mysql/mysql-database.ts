import type { DataSourceAddress } from '../../migration.ts';
import { labelOf } from '../label-of.ts';
import type { TenantDatabase } from '../tenant-database.ts';
import { MysqlConnection } from './mysql-connection.ts';
import { MysqlSession } from './mysql-session.ts';

export interface MysqlOptions {
  /** How long to wait for a connection, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** A database of MySQL (5.7 or later) or MariaDB (10.3 or later); from 8.0 and 10.6 on DDL is atomic, and more can be proven. */
export function mysqlDatabase(address: DataSourceAddress, options: MysqlOptions = {}): TenantDatabase {
  const label = labelOf(address);
  const connect = () => MysqlConnection.open(address, label, options.connectTimeoutMs ?? 10_000);
  return {
    engine: 'mysql',
    label,
    openSession: async () => MysqlSession.start(await connect(), address.database),
  };
}
