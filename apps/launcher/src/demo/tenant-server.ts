import type { RunningPostgres } from '@grey/testkit';
import pg from 'pg';
import { loadSecrets } from '../secrets.ts';
import type { DemoTenantSchema } from './catalogue.ts';
import { readDemoMigrations } from './read-demo-migrations.ts';

/** Where the embedded server listens; data sources may be there, and nowhere else. */
export const DEMO_TENANT_HOST = '127.0.0.1';
const DATABASE = 'demo_tenants';
const ROLE = 'demo_tenants';
const ROW_COUNT = 300;

/** The server that the demo's tenants share, and how their data sources get in. */
export interface TenantServer {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Makes the database unless it is there. @returns its connection string for who may do everything */
  open(): Promise<string>;
}

/** The embedded server as the demo's tenants see it. */
export function tenantServerOn(server: RunningPostgres): TenantServer {
  return {
    port: server.port,
    database: DATABASE,
    user: ROLE,
    password: loadSecrets().demoDatabasePassword,
    open: async () => {
      await server.ensureDatabase(DATABASE);
      return server.url(DATABASE);
    },
  };
}

/**
 * Makes the role of the service and a schema for each tenant, with some hundred payments: as version 1 of the service knows
 * it or, for who is on version 2 already, as that one's migrations leave it. A schema that is there stays as it is.
 */
export async function createTenantSchemas(server: TenantServer, tenants: readonly DemoTenantSchema[]): Promise<void> {
  const client = new pg.Client({ connectionString: await server.open() });
  await client.connect();
  try {
    await client.query('BEGIN');
    await createRole(client, server);
    const { rows } = await client.query<{ name: string }>('SELECT nspname AS name FROM pg_namespace');
    const known = new Set(rows.map(({ name }) => name));
    const ups = await readDemoMigrations();
    for (const tenant of tenants.filter(({ schema }) => !known.has(schema))) await createSchema(client, tenant, ups);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function createRole(client: pg.Client, { user, password, database }: TenantServer): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user]);
  const secret = client.escapeLiteral(password);
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${user} LOGIN PASSWORD ${secret}`);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${user}`);
}

async function createSchema(
  client: pg.Client,
  { schema, isNew }: DemoTenantSchema,
  ups: readonly string[],
): Promise<void> {
  const name = client.escapeIdentifier(schema);
  await client.query(
    `CREATE SCHEMA ${name} AUTHORIZATION ${ROLE}; SET LOCAL search_path = ${name}; SET LOCAL ROLE ${ROLE}`,
  );
  await client.query(`
    CREATE TABLE payments (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer text NOT NULL,
        amount numeric(12, 2) NOT NULL,
        currency text NOT NULL,
        status text NOT NULL,
        created_at timestamptz NOT NULL
    );
    INSERT INTO payments (customer, amount, currency, status, created_at)
    SELECT 'customer-' || n % 40, (n * 7919 % 100000) / 100.0, 'EUR', (ARRAY['paid', 'paid', 'open', 'failed'])[1 + n % 4],
           now() - n * interval '3 hours'
    FROM generate_series(1, ${ROW_COUNT}) AS n;
    ANALYZE payments`);
  // Nobody else is here, so an index need not let others write; it could not be made in this transaction otherwise.
  if (isNew) for (const up of ups) await client.query(up.replaceAll('CONCURRENTLY', ''));
  await client.query('RESET ROLE');
}
