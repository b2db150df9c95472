import { tenantDatabaseAt } from '@grey/schema-upgrades';
import pg from 'pg';

/** A database with a schema for each tenant, on the server of the product under test. */
export class TenantsDatabase {
  readonly #url: URL;
  readonly #pool: pg.Pool;

  private constructor(url: URL) {
    this.#url = url;
    this.#pool = new pg.Pool({ connectionString: url.href, max: 4 });
    this.#pool.on('error', () => undefined);
  }

  /** @param server any database of the server */
  static async make(server: string): Promise<TenantsDatabase> {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query('CREATE DATABASE tenants');
    await client.query("CREATE ROLE tenants LOGIN SUPERUSER PASSWORD 'only-for-the-soak'");
    await client.end();
    return new TenantsDatabase(Object.assign(new URL(server), { pathname: '/tenants' }));
  }

  async query(text: string): Promise<Record<string, unknown>[]> {
    return (await this.#pool.query(text)).rows as Record<string, unknown>[];
  }

  /** A data source without whose it is; its schema is made, with what the old version uses. */
  async add(schema: string) {
    await this.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.orders (id int PRIMARY KEY, old text)`);
    return this.#address(schema);
  }

  /** Of what each version works with, the things that are not there now. */
  async missing(schema: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const [row] = await this.query(
      `SELECT to_regclass('${schema}.notes') IS NULL AS notes, to_regclass('${schema}.done') IS NULL AS done,
              NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('${schema}.orders')
                          AND attname = 'old' AND NOT attisdropped) AS old`,
    );
    const named = (...things: string[]) => things.filter((thing) => row?.[thing] === true);
    return { v1: named('old'), v2: named('notes', 'done') };
  }

  async dump(schema: string): Promise<string> {
    const session = await tenantDatabaseAt(this.#address(schema)).openSession();
    try {
      return (await session.dumpCatalogue()).text;
    } finally {
      await session.close();
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  #address(schema: string) {
    return {
      engine: 'postgres' as const,
      host: '127.0.0.1',
      port: Number(this.#url.port),
      database: 'tenants',
      schema,
      user: 'tenants',
      password: 'only-for-the-soak',
      tls: 'off' as const,
    };
  }
}
