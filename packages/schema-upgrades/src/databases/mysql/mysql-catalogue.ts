import type { CatalogueLine } from '../catalogue.ts';
import { LEDGER_TABLE } from '../ledger.ts';

/** MariaDB has a type of its own for tables that keep their history. */
export const TABLE_TYPES = "('BASE TABLE', 'SYSTEM VERSIONED')";

/**
 * Each asks for `object, text` of one kind of thing in the database `?`. Counters, sizes, grants and definers are not part of
 * what a schema is. Meaning of the columns: the chapter "INFORMATION_SCHEMA" of either manual.
 */
const QUERIES: readonly string[] = [
  `SELECT CONCAT(LOWER(IF(TABLE_TYPE IN ${TABLE_TYPES}, 'table', TABLE_TYPE)), ' ', TABLE_NAME) AS object,
     CONCAT_WS(' ', IF(TABLE_TYPE = 'SYSTEM VERSIONED', 'versioned', NULL), 'engine', ENGINE, 'collation', TABLE_COLLATION, 'options', CREATE_OPTIONS, 'comment', QUOTE(TABLE_COMMENT)) AS text
   FROM information_schema.TABLES
   WHERE TABLE_SCHEMA = ? AND TABLE_TYPE NOT LIKE '%VIEW%' AND TABLE_NAME <> '${LEDGER_TABLE}'`,
  `SELECT CONCAT('table ', c.TABLE_NAME) AS object,
     CONCAT_WS(' ', 'column', c.ORDINAL_POSITION, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLLATION_NAME, IF(c.IS_NULLABLE = 'NO', 'not null', NULL),
       IF(c.COLUMN_DEFAULT IS NULL, NULL, CONCAT('default ', c.COLUMN_DEFAULT)), c.EXTRA, c.GENERATION_EXPRESSION, QUOTE(c.COLUMN_COMMENT)) AS text
   FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
   WHERE c.TABLE_SCHEMA = ? AND t.TABLE_TYPE IN ${TABLE_TYPES} AND c.TABLE_NAME <> '${LEDGER_TABLE}'`,
  `SELECT CONCAT('index ', INDEX_NAME, ' on ', TABLE_NAME) AS object,
     CONCAT_WS(' ', SEQ_IN_INDEX, COLUMN_NAME, SUB_PART, COLLATION, IF(NON_UNIQUE, NULL, 'unique'), INDEX_TYPE, QUOTE(INDEX_COMMENT)) AS text
   FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME <> '${LEDGER_TABLE}'`,
  `SELECT CONCAT('constraint ', k.CONSTRAINT_NAME, ' on ', k.TABLE_NAME) AS object,
     CONCAT_WS(' ', k.ORDINAL_POSITION, k.COLUMN_NAME, 'references',
       IF(k.REFERENCED_TABLE_SCHEMA = k.TABLE_SCHEMA, NULL, k.REFERENCED_TABLE_SCHEMA), k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME,
       'on update', r.UPDATE_RULE, 'on delete', r.DELETE_RULE) AS text
   FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
     ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
   WHERE k.TABLE_SCHEMA = ? AND k.REFERENCED_TABLE_NAME IS NOT NULL`,
  `SELECT CONCAT('view ', TABLE_NAME) AS object,
     CONCAT_WS(' ', REPLACE(VIEW_DEFINITION, CONCAT('\`', TABLE_SCHEMA, '\`.'), ''), 'check', CHECK_OPTION, 'security', SECURITY_TYPE) AS text
   FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?`,
  `SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_NAME) AS object,
     CONCAT_WS(' ', 'returns', DTD_IDENTIFIER, IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, ROUTINE_DEFINITION) AS text
   FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?`,
  `SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', SPECIFIC_NAME) AS object,
     CONCAT_WS(' ', 'parameter', ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER) AS text
   FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = ?`,
  `SELECT CONCAT('trigger ', TRIGGER_NAME, ' on ', EVENT_OBJECT_TABLE) AS object,
     CONCAT_WS(' ', ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, ACTION_STATEMENT) AS text
   FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?`,
  `SELECT CONCAT('event ', EVENT_NAME) AS object,
     CONCAT_WS(' ', EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STATUS, EVENT_DEFINITION) AS text
   FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?`,
  `SELECT CONCAT('table ', TABLE_NAME) AS object,
     CONCAT_WS(' ', 'partition', PARTITION_ORDINAL_POSITION, PARTITION_NAME, SUBPARTITION_NAME, PARTITION_METHOD, PARTITION_EXPRESSION,
       SUBPARTITION_METHOD, SUBPARTITION_EXPRESSION, PARTITION_DESCRIPTION) AS text
   FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = ? AND PARTITION_NAME IS NOT NULL`,
];

/** MariaDB's names of checks are unique within a table only, and it says which; MySQL's within a database. */
const CHECKS_MARIADB = `SELECT CONCAT('constraint ', CONSTRAINT_NAME, ' on ', TABLE_NAME) AS object, CHECK_CLAUSE AS text
   FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?`;
const CHECKS_MYSQL = `SELECT CONCAT('constraint ', c.CONSTRAINT_NAME, ' on ', t.TABLE_NAME) AS object, CONCAT(c.CHECK_CLAUSE, ' enforced ', t.ENFORCED) AS text
   FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t
     ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK'
   WHERE c.CONSTRAINT_SCHEMA = ?`;

/** Parameter: the database's name. */
export const TABLE_SIZES = `SELECT TABLE_NAME AS name, COALESCE(TABLE_ROWS, -1) AS rowCount,
     COALESCE(DATA_LENGTH, 0) + COALESCE(INDEX_LENGTH, 0) AS byteCount
   FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ${TABLE_TYPES} AND TABLE_NAME <> '${LEDGER_TABLE}'
   ORDER BY byteCount DESC, TABLE_NAME`;

/**
 * Reads all that a database consists of.
 *
 * @param ask runs one question with the database's name as its parameter
 */
export async function readMysqlCatalogue(
  ask: (sql: string) => Promise<readonly CatalogueLine[]>,
  server: { readonly isMariadb: boolean; readonly hasChecks: boolean },
): Promise<CatalogueLine[]> {
  const lines: CatalogueLine[] = [];
  const checks = server.hasChecks ? [server.isMariadb ? CHECKS_MARIADB : CHECKS_MYSQL] : [];
  for (const sql of [...QUERIES, ...checks]) lines.push(...(await ask(sql)));
  return lines;
}
