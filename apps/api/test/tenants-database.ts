import { tenantDatabaseAt } from '@grey/schema-upgrades';
import { createTestDatabase } from '@grey/testkit';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of tenants, a schema each, on the server of the tests. */
export interface TenantsDatabase {
  /** A data source for a tenant, as the API takes it; the schema is made. */
  addSchema(schema: string): Promise<Record<string, unknown>>;
  query(text: string): Promise<Record<string, unknown>[]>;
  /** What a schema consists of, without the ledger's rows. */
  dump(schema: string): Promise<string>;
  drop(): Promise<void>;
}

/** Makes an empty database beside the others. */
export async function makeTenantsDatabase(): Promise<TenantsDatabase> {
  const database = await createTestDatabase(inject('template'));
  const url = new URL(database.connectionString);
  const place = {
    engine: 'postgres' as const,
    host: '127.0.0.1',
    port: Number(url.port),
    database: url.pathname.slice(1),
    tls: 'off' as const,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || 'none',
  };
  const client = new pg.Client({ connectionString: database.connectionString });
  client.on('error', () => undefined);
  await client.connect();
  const query = async (text: string) => (await client.query(text)).rows as Record<string, unknown>[];
  return {
    query,
    async addSchema(schema) {
      await query(`CREATE SCHEMA ${schema}`);
      return { ...place, schema };
    },
    async dump(schema) {
      const session = await tenantDatabaseAt({ ...place, schema }).openSession();
      try {
        return (await session.dumpCatalogue()).text;
      } finally {
        await session.close();
      }
    },
    async drop() {
      await client.end();
      await database.drop();
    },
  };
}
