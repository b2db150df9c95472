import { FENCE, LEDGER_TABLE } from '../ledger.ts';

/** How many of its columns there are: none without a ledger, five in one of ours. Parameters: database, table. */
export const FIND_LEDGER = `SELECT COUNT(*) AS total,
    COALESCE(SUM(COLUMN_NAME IN ('service', 'name', 'state', 'fencing_token', 'objects_before')), 0) AS ours,
    COALESCE(SUM(COLUMN_NAME = 'objects_at_start'), 0) AS isNew
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`;

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
  objects_at_start longtext,
  PRIMARY KEY (service, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

/** For a ledger of an earlier version of ours. */
export const RENEW_LEDGER = `ALTER TABLE ${LEDGER_TABLE} ADD COLUMN objects_at_start longtext`;

/** Parameters: service, by. */
export const DRAW_TOKEN = `INSERT INTO ${LEDGER_TABLE}
  (service, name, checksum, phase, state, run_id, \`by\`, fencing_token, statement, started_at)
  VALUES (?, '${FENCE}', '', '', 'applied', '', ?, 1, 0, UTC_TIMESTAMP(3))
  ON DUPLICATE KEY UPDATE fencing_token = fencing_token + 1, \`by\` = VALUES(\`by\`), started_at = VALUES(started_at)`;

/**
 * Reads the newest token and keeps it from changing until the transaction ends; and whether the lock is this very session's still.
 * Parameters: name of the lock, service.
 */
export const READ_TOKEN = `SELECT fencing_token, IS_USED_LOCK(?) <=> CONNECTION_ID() AS holds FROM ${LEDGER_TABLE} WHERE service = ? AND name = '${FENCE}' FOR UPDATE`;

/** Parameter: service. */
export const LIST_LEDGER = `SELECT * FROM ${LEDGER_TABLE} WHERE service = ? AND name <> '${FENCE}' ORDER BY name`;

/** Parameters: `ledgerValues`, and whether it has come to an end. */
export const WRITE_LEDGER = `INSERT INTO ${LEDGER_TABLE}
  (service, name, checksum, phase, state, run_id, \`by\`, fencing_token, statement, objects_before, message, objects_at_start, started_at, finished_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), IF(?, UTC_TIMESTAMP(3), NULL))
  ON DUPLICATE KEY UPDATE objects_at_start = IF(state = VALUES(state), COALESCE(VALUES(objects_at_start), objects_at_start), VALUES(objects_at_start)),
    checksum = VALUES(checksum), phase = VALUES(phase), state = VALUES(state), run_id = VALUES(run_id),
    \`by\` = VALUES(\`by\`), fencing_token = VALUES(fencing_token), statement = VALUES(statement),
    objects_before = VALUES(objects_before), message = VALUES(message),
    started_at = IF(finished_at IS NULL, started_at, VALUES(started_at)), finished_at = VALUES(finished_at)`;
