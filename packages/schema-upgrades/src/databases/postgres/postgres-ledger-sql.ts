import pg from 'pg';
import { FENCE, type Holding, isFinished, LEDGER_TABLE, type LedgerWrite, ledgerValues } from '../ledger.ts';

/** The SQL of one schema's ledger; everything is qualified, as a migration may leave any search path behind. */
export class PostgresLedgerSql {
  readonly table: string;
  readonly #schema: string;

  constructor(schema: string) {
    this.#schema = schema;
    this.table = `${pg.escapeIdentifier(schema)}.${LEDGER_TABLE}`;
  }

  /** One row: does the schema exist, does the ledger, is the ledger one of ours; and which process answers. */
  get findSql(): string {
    const schema = pg.escapeLiteral(pg.escapeIdentifier(this.#schema));
    return `SELECT to_regnamespace(${schema}) IS NOT NULL AS has_schema, to_regclass(${pg.escapeLiteral(this.table)}) IS NOT NULL AS has_ledger,
      (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(${pg.escapeLiteral(this.table)}) AND attnum > 0 AND NOT attisdropped
        AND attname IN ('service', 'name', 'state', 'fencing_token', 'objects_before')) = 5 AS is_ours,
      EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(${pg.escapeLiteral(this.table)}) AND attname = 'objects_at_start') AS is_new, pg_backend_pid() AS pid`;
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
      objects_at_start text,
      PRIMARY KEY (service, name)
    )`;
  }

  /** For a ledger of an earlier version of ours. */
  get renewSql(): string {
    return `ALTER TABLE ${this.table} ADD COLUMN IF NOT EXISTS objects_at_start text`;
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
      RETURNING fencing_token, pg_backend_pid() AS pid`;
  }

  /** Reads the newest token and keeps it from changing until the transaction ends. */
  readTokenSql(serviceId: string): string {
    return `SELECT fencing_token, pg_backend_pid() AS pid FROM ${this.table} WHERE service = ${pg.escapeLiteral(serviceId)} AND name = '${FENCE}' FOR UPDATE`;
  }

  listSql(serviceId: string): string {
    return `SELECT * FROM ${this.table} WHERE service = ${pg.escapeLiteral(serviceId)} AND name <> '${FENCE}' ORDER BY name COLLATE "C"`;
  }

  writeSql(holding: Holding, row: LedgerWrite): string {
    const values = ledgerValues(holding, row).map((value) =>
      value === null ? 'NULL' : pg.escapeLiteral(String(value)),
    );
    const atStart = values.pop();
    const times = `now(), ${isFinished(row) ? 'clock_timestamp()' : 'NULL'}`;
    return `INSERT INTO ${this.table} AS ledger VALUES (${values.join(', ')}, ${times}, ${atStart})
      ON CONFLICT (service, name) DO UPDATE SET
        checksum = excluded.checksum, phase = excluded.phase, state = excluded.state, run_id = excluded.run_id,
        "by" = excluded."by", fencing_token = excluded.fencing_token, statement = excluded.statement,
        objects_before = excluded.objects_before, message = excluded.message,
        objects_at_start = CASE WHEN ledger.state = excluded.state THEN coalesce(excluded.objects_at_start, ledger.objects_at_start) ELSE excluded.objects_at_start END,
        started_at = CASE WHEN ledger.finished_at IS NULL THEN ledger.started_at ELSE excluded.started_at END,
        finished_at = excluded.finished_at`;
  }
}
