import type { DataSourceAddress } from '../../migration.ts';
import { labelOf } from '../label-of.ts';
import type { TenantDatabase } from '../tenant-database.ts';
import { UpgradeError } from '../upgrade-error.ts';
import { connectPostgres } from './connect-postgres.ts';
import type { KeptConnections } from './kept-connections.ts';
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
  const label = labelOf(address);
  const { kept, connectTimeoutMs = 10_000 } = options;
  const connect = async () => {
    const way = await connectPostgres(address, 'grey-schema-upgrades', connectTimeoutMs);
    return new PostgresConnection({ ...way, sessionCount: 0 }, label);
  };
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
