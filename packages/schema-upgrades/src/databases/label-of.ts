import type { DataSourceAddress } from '../migration.ts';

/** `host:port/database`, on PostgreSQL with the schema: for messages, without credentials. */
export function labelOf({ engine, host, port, database, schema }: DataSourceAddress): string {
  const place = `${host}:${port}/${database}`;
  return engine === 'postgres' ? `${place} schema ${schema ?? 'public'}` : place;
}
