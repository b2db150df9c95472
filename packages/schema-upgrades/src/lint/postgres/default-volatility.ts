import { functionsIn } from './nodes.ts';

/** Evaluated for every row, so a column with one of them as default is written into each row (pg_proc.provolatile = v). */
const VOLATILE = new Set([
  ...['random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'clock_timestamp', 'timeofday', 'nextval'],
  ...['currval', 'lastval', 'setval', 'uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'gen_random_bytes'],
  ...['pg_sleep', 'set_config', 'setseed'],
]);

/** Evaluated once for the whole statement; the value is then kept in the catalogue (since PostgreSQL 11). */
const STEADY = new Set([
  ...['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting', 'current_database', 'current_schema'],
  ...['version', 'timezone', 'date_trunc', 'date_part', 'age', 'to_timestamp', 'to_date', 'to_char', 'make_date'],
  ...['make_timestamptz', 'make_interval', 'jsonb_build_object', 'json_build_object', 'jsonb_build_array', 'to_jsonb'],
  ...['lower', 'upper', 'concat', 'coalesce', 'md5', 'length', 'round', 'abs', 'floor', 'ceil', 'array_fill', 'btrim'],
]);

/**
 * Says whether a default is evaluated per row: `possible` with a function we do not know, which its owner may have
 * declared volatile.
 *
 * @param expression the default as parsed
 */
export function volatilityOf(expression: unknown): 'steady' | 'possible' | 'volatile' {
  const functions = functionsIn(expression);
  if (functions.some((name) => VOLATILE.has(name))) return 'volatile';
  return functions.every((name) => STEADY.has(name)) ? 'steady' : 'possible';
}
