import pg from 'pg';
import type { StatementLimits } from '../tenant-database.ts';

/** For our own questions and notes, in milliseconds. */
export const BOOKKEEPING_MS = 30_000;

/** After so long without a client the server gives up a statement that nobody waits for, and frees the lock. */
const CLIENT_CHECK_MS = 1_000;

/**
 * Takes back whatever settings a migration left behind, and puts up ours; backslashes are what they are split by. Not DISCARD ALL, which would drop the lock.
 *
 * @param canCheckClient false where the operating system does not tell a server that its client is gone
 */
export function cleanSql(schema: string, canCheckClient: boolean): string {
  const check = canCheckClient ? `; SET client_connection_check_interval = ${CLIENT_CHECK_MS}` : '';
  return (
    'RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE; ' +
    `SET search_path TO ${pg.escapeIdentifier(schema)}; SET statement_timeout = ${BOOKKEEPING_MS}; ` +
    `SET standard_conforming_strings = on${check}`
  );
}

export function limitsSql(verb: 'SET' | 'SET LOCAL', limits: StatementLimits): string {
  const statementMs = Math.max(1, Math.round(limits.statementTimeoutMs));
  return `${verb} statement_timeout = ${statementMs}; ${verb} lock_timeout = ${Math.max(1, Math.round(limits.lockTimeoutMs))}`;
}
