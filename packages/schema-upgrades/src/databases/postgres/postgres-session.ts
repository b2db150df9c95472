import pg from 'pg';
import { type Catalogue, type CatalogueLine, makeCatalogue, type ObjectDigests } from '../catalogue.ts';
import { headOf, settingsBefore } from '../statement-head.ts';
import type {
  LedgerRow,
  LedgerState,
  LockRequest,
  StatementLimits,
  StatementWatch,
  Step,
  TableSize,
  TenantSession,
  Verdict,
} from '../tenant-database.ts';
import { UpgradeError } from '../upgrade-error.ts';
import { takeAdvisoryLock } from './advisory-lock.ts';
import { CATALOGUE_QUERY, INVALID_INDEXES_QUERY, TABLE_SIZES_QUERY } from './catalogue-query.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { type LedgerWrite, PostgresLedger, parseLedgerRow, type RawLedgerRow } from './postgres-ledger.ts';
import { type InvalidIndex, isJoinableStatement, judgeStatement } from './probe-statement.ts';

/** For our own questions and notes. */
const BOOKKEEPING_MS = 30_000;

/** After so long without a client the server gives up a statement that nobody waits for, and frees the lock. */
const CLIENT_CHECK_MS = 1_000;

/**
 * A session on PostgreSQL. The lock, the migrations and the ledger share its one connection, so that whoever has lost the
 * lock cannot write any more; the fencing token covers what stands between (a pooler, a promoted replica).
 */
export class PostgresSession implements TenantSession {
  readonly isDdlTransactional = true;
  readonly #connection: PostgresConnection;
  readonly #connect: () => Promise<PostgresConnection>;
  readonly #schema: string;
  readonly #ledger: PostgresLedger;
  #canCheckClient = false;
  #holding: { readonly serviceId: string; readonly token: bigint } | undefined;

  private constructor(connection: PostgresConnection, schema: string, connect: () => Promise<PostgresConnection>) {
    this.#connection = connection;
    this.#connect = connect;
    this.#schema = schema;
    this.#ledger = new PostgresLedger(schema);
  }

  /** @throws UpgradeError SCHEMA_MISSING */
  static async start(
    connection: PostgresConnection,
    schema: string,
    connect: () => Promise<PostgresConnection>,
  ): Promise<PostgresSession> {
    const session = new PostgresSession(connection, schema, connect);
    try {
      const { has_schema } = await session.#findPlace();
      if (!has_schema) throw new UpgradeError('SCHEMA_MISSING', `${connection.label} does not exist`);
      session.#canCheckClient = await connection
        .run(`SET client_connection_check_interval = ${CLIENT_CHECK_MS}`, BOOKKEEPING_MS)
        .then(() => true)
        .catch(() => false); // Not on every operating system.
      await connection.run(session.#clean(), BOOKKEEPING_MS);
      return session;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async lock(request: LockRequest): Promise<bigint> {
    await takeAdvisoryLock(this.#connection, request.name, request.waitMs, request.signal);
    await this.#ensureLedger();
    const sql = this.#ledger.drawTokenSql(request.serviceId, request.by);
    const [row] = (await this.#connection.run(sql, BOOKKEEPING_MS)) as { fencing_token: string }[];
    const token = BigInt(row?.fencing_token ?? 0);
    this.#holding = { serviceId: request.serviceId, token };
    return token;
  }

  async listLedger(serviceId: string): Promise<readonly LedgerRow[]> {
    if (this.#holding === undefined && !(await this.#findPlace()).has_ledger) return [];
    const rows = await this.#connection.run(this.#ledger.listSql(serviceId), BOOKKEEPING_MS);
    return (rows as RawLedgerRow[]).map(parseLedgerRow);
  }

  async runAtOnce(step: Step, limits: StatementLimits, watch: StatementWatch): Promise<void> {
    await this.#inTransaction(limits, async () => {
      for (const [index, text] of step.statements.entries()) {
        watch.before(index + 1);
        await this.#connection.run(text, limits.statementTimeoutMs);
        if (!this.#connection.isInTransaction) {
          throw new UpgradeError('STATEMENT_FAILED', `Statement ${index + 1} ended the runner's transaction`);
        }
        watch.after(index + 1);
      }
      const state = step.direction === 'up' ? 'applied' : 'reverted';
      return { step, state, statement: step.statements.length, objectsBefore: null, message: null };
    });
  }

  isJoinable(statement: string): boolean {
    return isJoinableStatement(statement);
  }

  async runJoined(step: Step, statement: number, limits: StatementLimits): Promise<void> {
    await this.#inTransaction(limits, async () => {
      const texts = [...settingsBefore(step.statements, statement), step.statements[statement - 1] ?? ''];
      for (const text of texts) await this.#connection.run(text, limits.statementTimeoutMs);
      return { step, state: intentOf(step), statement, objectsBefore: null, message: null };
    });
  }

  async writeIntent(step: Step, statement: number): Promise<ObjectDigests> {
    const { objects } = await this.dumpCatalogue();
    await this.#write({ step, state: intentOf(step), statement, objectsBefore: objects, message: null });
    return objects;
  }

  async runAlone(step: Step, statement: number, limits: StatementLimits): Promise<void> {
    const settings = settingsBefore(step.statements, statement);
    await this.#runOutside(step.statements[statement - 1] ?? '', settings, limits);
  }

  async clear(texts: readonly string[], limits: StatementLimits): Promise<void> {
    for (const text of texts) await this.#runOutside(text, [], limits);
  }

  async probe(text: string, before: ObjectDigests): Promise<Verdict> {
    const { objects } = await this.dumpCatalogue();
    const invalid = await this.#connection.ask<InvalidIndex>(INVALID_INDEXES_QUERY, [this.#schema], BOOKKEEPING_MS);
    return judgeStatement(text, before, objects, invalid);
  }

  async writeState(step: Step, state: LedgerState, statement: number, message: string | null): Promise<void> {
    await this.#write({ step, state, statement, objectsBefore: null, message });
  }

  async dumpCatalogue(): Promise<Catalogue> {
    await this.#connection.run(this.#clean(), BOOKKEEPING_MS);
    return makeCatalogue(await this.#connection.ask<CatalogueLine>(CATALOGUE_QUERY, [this.#schema], BOOKKEEPING_MS));
  }

  async listTableSizes(): Promise<readonly TableSize[]> {
    const rows = await this.#connection.ask<{ table: string; rows: number; bytes: number }>(
      TABLE_SIZES_QUERY,
      [this.#schema],
      BOOKKEEPING_MS,
    );
    return rows.map((row) => ({ table: row.table, rowCount: row.rows, byteCount: row.bytes }));
  }

  async cancelStatement(): Promise<void> {
    try {
      const other = await this.#connect();
      await other
        .ask('SELECT pg_cancel_backend($1)', [this.#connection.processId], BOOKKEEPING_MS)
        .finally(() => other.close());
    } catch {
      // The statement's own time-out ends it then.
    }
  }

  async close(): Promise<void> {
    this.#holding = undefined;
    await this.#connection.close();
  }

  async #findPlace(): Promise<{ has_schema: boolean; has_ledger: boolean }> {
    const [row] = await this.#connection.run(this.#ledger.findSql, BOOKKEEPING_MS);
    return row as { has_schema: boolean; has_ledger: boolean };
  }

  async #ensureLedger(): Promise<void> {
    if ((await this.#findPlace()).has_ledger) return;
    try {
      await this.#connection.run(this.#ledger.createSql, BOOKKEEPING_MS);
    } catch (error) {
      // Another service's runner, with another lock, may have made it in this very moment.
      if (!(await this.#findPlace()).has_ledger) throw error;
    }
  }

  async #runOutside(text: string, settings: readonly string[], limits: StatementLimits): Promise<void> {
    // What works concurrently waits for old transactions while it is in nobody's way: patience costs nothing there.
    const isPatient = /\bCONCURRENTLY\b/.test(headOf(text));
    const own = isPatient ? { ...limits, lockTimeoutMs: limits.statementTimeoutMs } : limits;
    try {
      await this.#connection.run([this.#clean(), setLimits('SET', own), ...settings].join('; '), BOOKKEEPING_MS);
      await this.#connection.run(text, limits.statementTimeoutMs);
    } finally {
      await this.#connection.run(this.#clean(), BOOKKEEPING_MS).catch(() => undefined);
    }
  }

  async #write(row: LedgerWrite): Promise<void> {
    await this.#inTransaction({ statementTimeoutMs: BOOKKEEPING_MS, lockTimeoutMs: BOOKKEEPING_MS }, async () => row);
  }

  /** Begins fenced, does the work, and commits it together with the row it returns. */
  async #inTransaction(limits: StatementLimits, work: () => Promise<LedgerWrite>): Promise<void> {
    if (this.#holding === undefined) throw new UpgradeError('FENCED', 'Nothing is written without the lock');
    const { serviceId, token } = this.#holding;
    const begin = `${this.#clean()}; BEGIN; ${setLimits('SET LOCAL', limits)}; ${this.#ledger.readTokenSql(serviceId)}`;
    try {
      const [fence] = (await this.#connection.run(begin, limits.statementTimeoutMs)) as { fencing_token: string }[];
      if (fence === undefined || BigInt(fence.fencing_token) !== token) {
        const newest = fence === undefined ? 'no token at all' : `token ${fence.fencing_token}`;
        throw new UpgradeError('FENCED', `A newer runner has taken over: the ledger has ${newest}, this one ${token}`);
      }
      const row = await work();
      const end = `RESET ROLE; ${setLimits('SET LOCAL', limits)}; ${this.#ledger.writeSql(serviceId, token, row)}; COMMIT`;
      await this.#connection.run(end, limits.statementTimeoutMs);
    } catch (error) {
      await this.#connection.run('ROLLBACK', BOOKKEEPING_MS).catch(() => undefined);
      throw error;
    }
  }

  /** Takes back whatever settings a migration left behind, and puts up ours. Not DISCARD ALL, which would drop the lock. */
  #clean(): string {
    const check = this.#canCheckClient ? `; SET client_connection_check_interval = ${CLIENT_CHECK_MS}` : '';
    return (
      'RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE; ' +
      `SET search_path TO ${pg.escapeIdentifier(this.#schema)}; SET statement_timeout = ${BOOKKEEPING_MS}${check}`
    );
  }
}

function intentOf(step: Step): LedgerState {
  return step.direction === 'up' ? 'running' : 'reverting';
}

function setLimits(verb: 'SET' | 'SET LOCAL', limits: StatementLimits): string {
  const statementMs = Math.max(1, Math.round(limits.statementTimeoutMs));
  return `${verb} statement_timeout = ${statementMs}; ${verb} lock_timeout = ${Math.max(1, Math.round(limits.lockTimeoutMs))}`;
}
