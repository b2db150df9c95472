import { createHash } from 'node:crypto';
import pg from 'pg';
import { MIGRATIONS } from './migrations.ts';

const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS schema_version (
  service text NOT NULL, name text NOT NULL, checksum text NOT NULL, phase text NOT NULL, state text NOT NULL,
  run_id text NOT NULL, "by" text NOT NULL, started_at timestamptz NOT NULL, finished_at timestamptz,
  PRIMARY KEY (service, name))`;
const NOTE = `INSERT INTO schema_version (service, name, checksum, phase, state, run_id, "by", started_at, finished_at)
  VALUES ('orders', $1, $2, 'expand', 'applied', $3, 'bench', now(), clock_timestamp())`;

/**
 * What one would write by hand with `pg`: connections that are kept, a session lock for each tenant, and each migration in one
 * transaction with its row in a ledger. No fencing, no time limits, no progress, no way back.
 */
export class PlainUpgrades {
  readonly #pool: pg.Pool;

  constructor(url: string, connectionCount: number) {
    this.#pool = new pg.Pool({ connectionString: url, max: connectionCount, idleTimeoutMillis: 0 });
    this.#pool.on('error', () => undefined);
  }

  async upgrade(schema: string): Promise<void> {
    const client = await this.#pool.connect();
    const lock = createHash('sha256').update(schema).digest().readBigInt64BE();
    try {
      await client.query(`SET search_path TO ${pg.escapeIdentifier(schema)}`);
      await client.query('SELECT pg_advisory_lock($1)', [lock]);
      await client.query(CREATE_LEDGER);
      const { rows } = await client.query<{ name: string }>("SELECT name FROM schema_version WHERE service = 'orders'");
      const known = new Set(rows.map(({ name }) => name));
      for (const { name, checksum, up } of MIGRATIONS.filter((one) => !known.has(one.name))) {
        await client.query('BEGIN');
        await client.query(up);
        await client.query(NOTE, [name, checksum, `run-of-${schema}`]);
        await client.query('COMMIT');
      }
      await client.query('SELECT pg_advisory_unlock($1)', [lock]);
    } finally {
      client.release();
    }
  }
}
