import type { Phase } from '../../migration.ts';
import type { ObjectDigests } from '../catalogue.ts';
import type { LedgerRow, LedgerState, Step } from '../tenant-database.ts';

export const LEDGER_TABLE = 'schema_version';

/** Name of the row that counts a service's fencing tokens; a counter, not a lock. */
const FENCE = '(fence)';

export const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS ${LEDGER_TABLE} (
  service varchar(128) NOT NULL,
  name varchar(191) NOT NULL,
  checksum varchar(64) NOT NULL,
  phase varchar(16) NOT NULL,
  state varchar(16) NOT NULL,
  run_id varchar(128) NOT NULL,
  \`by\` varchar(255) NOT NULL,
  fencing_token bigint NOT NULL,
  statement int NOT NULL,
  objects_before longtext,
  message text,
  started_at datetime(3) NOT NULL,
  finished_at datetime(3),
  PRIMARY KEY (service, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

/** Parameters: service, by. */
export const DRAW_TOKEN = `INSERT INTO ${LEDGER_TABLE}
  (service, name, checksum, phase, state, run_id, \`by\`, fencing_token, statement, started_at)
  VALUES (?, '${FENCE}', '', '', 'applied', '', ?, 1, 0, UTC_TIMESTAMP(3))
  ON DUPLICATE KEY UPDATE fencing_token = fencing_token + 1, \`by\` = VALUES(\`by\`), started_at = VALUES(started_at)`;

/** Reads the newest token and keeps it from changing until the transaction ends. Parameter: service. */
export const READ_TOKEN = `SELECT fencing_token FROM ${LEDGER_TABLE} WHERE service = ? AND name = '${FENCE}' FOR UPDATE`;

/** Parameter: service. */
export const LIST_LEDGER = `SELECT * FROM ${LEDGER_TABLE} WHERE service = ? AND name <> '${FENCE}' ORDER BY name`;

/** Parameters: those of `ledgerValues`. */
export const WRITE_LEDGER = `INSERT INTO ${LEDGER_TABLE}
  (service, name, checksum, phase, state, run_id, \`by\`, fencing_token, statement, objects_before, message, started_at, finished_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), IF(?, UTC_TIMESTAMP(3), NULL))
  ON DUPLICATE KEY UPDATE checksum = VALUES(checksum), phase = VALUES(phase), state = VALUES(state), run_id = VALUES(run_id),
    \`by\` = VALUES(\`by\`), fencing_token = VALUES(fencing_token), statement = VALUES(statement),
    objects_before = VALUES(objects_before), message = VALUES(message),
    started_at = IF(finished_at IS NULL, started_at, VALUES(started_at)), finished_at = VALUES(finished_at)`;

export interface MysqlLedgerWrite {
  readonly step: Step;
  readonly state: LedgerState;
  readonly statement: number;
  readonly objectsBefore: ObjectDigests | null;
  readonly message: string | null;
}

export function ledgerValues(serviceId: string, token: bigint, row: MysqlLedgerWrite): readonly unknown[] {
  const { migration, runId, by } = row.step;
  return [
    serviceId,
    migration.name,
    migration.checksum,
    migration.phase,
    row.state,
    runId,
    by,
    String(token),
    row.statement,
    row.objectsBefore === null ? null : JSON.stringify(row.objectsBefore),
    row.message?.slice(0, 16_000) ?? null,
    row.state === 'applied' || row.state === 'reverted' ? 1 : 0,
  ];
}

/** A row as the mysql2 library gives it. */
export interface RawMysqlLedgerRow {
  readonly name: string;
  readonly checksum: string;
  readonly phase: string;
  readonly state: string;
  readonly run_id: string;
  readonly by: string;
  readonly fencing_token: string | number;
  readonly statement: number;
  readonly objects_before: string | null;
  readonly message: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

export function parseMysqlLedgerRow(raw: RawMysqlLedgerRow): LedgerRow {
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
