import pg from 'pg';
import type { Phase } from '../../migration.ts';
import type { ObjectDigests } from '../catalogue.ts';
import type { LedgerRow, LedgerState, Step } from '../tenant-database.ts';

export const LEDGER_TABLE = 'schema_version';

/**
 * Name of the row that counts the fencing tokens of a service. A counter and not a lock: it keeps nobody out by being
 * there, and nothing has to be cleaned up when its last writer dies.
 */
const FENCE = '(fence)';

/** The SQL of one schema's ledger; everything is qualified, as a migration may leave any search path behind. */
export class PostgresLedger {
  readonly table: string;
  readonly #schema: string;

  constructor(schema: string) {
    this.#schema = schema;
    this.table = `${pg.escapeIdentifier(schema)}.${LEDGER_TABLE}`;
  }

  /** One row: does the schema exist, does the ledger. */
  get findSql(): string {
    const schema = pg.escapeLiteral(pg.escapeIdentifier(this.#schema));
    return `SELECT to_regnamespace(${schema}) IS NOT NULL AS has_schema, to_regclass(${pg.escapeLiteral(this.table)}) IS NOT NULL AS has_ledger`;
  }

  get createSql(): string {
    return `CREATE TABLE IF NOT EXISTS ${this.table} (
      service text NOT NULL,
      name text NOT NULL,
      checksum text NOT NULL,
      phase text NOT NULL,
      state text NOT NULL,
      run_id text NOT NULL,
      "by" text NOT NULL,
      fencing_token bigint NOT NULL,
      statement integer NOT NULL,
      objects_before text,
      message text,
      started_at timestamptz NOT NULL,
      finished_at timestamptz,
      PRIMARY KEY (service, name)
    )`;
  }

  /** Draws the next token; whoever still writes with an older one waits for nothing and is refused afterwards. */
  drawTokenSql(serviceId: string, by: string): string {
    const service = pg.escapeLiteral(serviceId);
    return `INSERT INTO ${this.table} AS ledger
      SELECT ${service}, '${FENCE}', '', '', 'applied', '', ${pg.escapeLiteral(by)}, coalesce(max(fencing_token), 0) + 1, 0, NULL, NULL, now(), NULL
      FROM ${this.table} WHERE service = ${service}
      ON CONFLICT (service, name) DO UPDATE SET
        fencing_token = greatest(ledger.fencing_token + 1, excluded.fencing_token),
        "by" = excluded."by", started_at = excluded.started_at
      RETURNING fencing_token`;
  }

  /** Reads the newest token and keeps it from changing until the transaction ends. */
  readTokenSql(serviceId: string): string {
    return `SELECT fencing_token FROM ${this.table} WHERE service = ${pg.escapeLiteral(serviceId)} AND name = '${FENCE}' FOR UPDATE`;
  }

  listSql(serviceId: string): string {
    return `SELECT * FROM ${this.table} WHERE service = ${pg.escapeLiteral(serviceId)} AND name <> '${FENCE}' ORDER BY name COLLATE "C"`;
  }

  writeSql(serviceId: string, token: bigint, row: LedgerWrite): string {
    const { migration, runId, by } = row.step;
    const texts = [serviceId, migration.name, migration.checksum, migration.phase, row.state, runId, by];
    const isFinished = row.state === 'applied' || row.state === 'reverted';
    const values = [
      ...texts.map((text) => pg.escapeLiteral(text)),
      String(token),
      String(row.statement),
      row.objectsBefore === null ? 'NULL' : pg.escapeLiteral(JSON.stringify(row.objectsBefore)),
      row.message === null ? 'NULL' : pg.escapeLiteral(row.message),
      'now()',
      isFinished ? 'clock_timestamp()' : 'NULL',
    ];
    return `INSERT INTO ${this.table} AS ledger VALUES (${values.join(', ')})
      ON CONFLICT (service, name) DO UPDATE SET
        checksum = excluded.checksum, phase = excluded.phase, state = excluded.state, run_id = excluded.run_id,
        "by" = excluded."by", fencing_token = excluded.fencing_token, statement = excluded.statement,
        objects_before = excluded.objects_before, message = excluded.message,
        started_at = CASE WHEN ledger.finished_at IS NULL THEN ledger.started_at ELSE excluded.started_at END,
        finished_at = excluded.finished_at`;
  }
}

export interface LedgerWrite {
  readonly step: Step;
  readonly state: LedgerState;
  readonly statement: number;
  readonly objectsBefore: ObjectDigests | null;
  readonly message: string | null;
}

/** A row as the pg library gives it. */
export interface RawLedgerRow {
  readonly name: string;
  readonly checksum: string;
  readonly phase: string;
  readonly state: string;
  readonly run_id: string;
  readonly by: string;
  readonly fencing_token: string;
  readonly statement: number;
  readonly objects_before: string | null;
  readonly message: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

export function parseLedgerRow(raw: RawLedgerRow): LedgerRow {
  return {
    name: raw.name,
    checksum: raw.checksum,
    phase: raw.phase as Phase,
    state: raw.state as LedgerState,
    runId: raw.run_id,
    by: raw.by,
    fencingToken: BigInt(raw.fencing_token),
    statement: raw.statement,
    objectsBefore: raw.objects_before === null ? null : (JSON.parse(raw.objects_before) as ObjectDigests),
    message: raw.message,
    startedAt: raw.started_at,
    finishedAt: raw.finished_at,
  };
}
