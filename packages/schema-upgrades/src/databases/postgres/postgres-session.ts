import { type Catalogue, type CatalogueLine, makeCatalogue, type ObjectDigests } from '../catalogue.ts';
import { noteOf } from '../ledger.ts';
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
import { POOLED, PostgresLedger } from './postgres-ledger.ts';
import { type InvalidIndex, isJoinableStatement, judgeStatement } from './probe-statement.ts';
import { BOOKKEEPING_MS, limitsSql } from './session-settings.ts';

/** For a second session to be let in by a pooler. */
const COME_IN_MS = 1_000;

/** What a session asks of the place it comes from. */
export interface SessionPlace {
  /** Another connection, beside the session's. */
  connect(): Promise<PostgresConnection>;
  /** Gives the session's own connection back, to be used again. Never throws. */
  leave(): Promise<void>;
}

/**
 * A session on PostgreSQL. The lock, the migrations and the ledger share its one connection, so that whoever has lost the
 * lock cannot write any more; the fencing token covers what stands between (a pooler, a promoted replica).
 */
export class PostgresSession implements TenantSession {
  readonly isDdlTransactional = true;
  readonly #connection: PostgresConnection;
  readonly #place: SessionPlace;
  readonly #schema: string;
  readonly #ledger: PostgresLedger;
  #isCancelled = false;

  private constructor(connection: PostgresConnection, schema: string, ledger: PostgresLedger, place: SessionPlace) {
    this.#connection = connection;
    this.#place = place;
    this.#schema = schema;
    this.#ledger = ledger;
  }

  /** @throws UpgradeError SCHEMA_MISSING */
  static async start(connection: PostgresConnection, schema: string, place: SessionPlace): Promise<PostgresSession> {
    try {
      return new PostgresSession(connection, schema, await PostgresLedger.find(connection, schema), place);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async lock(request: LockRequest): Promise<bigint> {
    if (this.#connection.processId !== this.#ledger.processId) await this.#assertOwnProcess();
    await takeAdvisoryLock(this.#connection, request);
    return this.#ledger.open(request.serviceId, request.by);
  }

  async listLedger(serviceId: string): Promise<readonly LedgerRow[]> {
    return this.#ledger.list(serviceId);
  }

  async runAtOnce(step: Step, limits: StatementLimits, watch: StatementWatch): Promise<void> {
    await this.#ledger.transact(limits, async () => {
      for (const [index, text] of step.statements.entries()) {
        watch.before(index + 1);
        await this.#connection.exhaust(text, limits.statementTimeoutMs);
        if (!this.#connection.isInTransaction) {
          throw new UpgradeError('STATEMENT_FAILED', `Statement ${index + 1} ended the runner's transaction`);
        }
        watch.after(index + 1);
      }
      const state = step.direction === 'up' ? 'applied' : 'reverted';
      return noteOf(step, step.statements.length, { state });
    });
  }

  isJoinable(statement: string): boolean {
    return isJoinableStatement(statement);
  }

  async runJoined(
    step: Step,
    statement: number,
    limits: StatementLimits,
    objectsAtStart: ObjectDigests | null,
  ): Promise<void> {
    await this.#ledger.transact(limits, async () => {
      const texts = [...settingsBefore(step.statements, statement), step.statements[statement - 1] ?? ''];
      for (const text of texts) await this.#connection.exhaust(text, limits.statementTimeoutMs);
      return noteOf(step, statement, { objectsAtStart });
    });
  }

  async writeIntent(step: Step, statement: number): Promise<ObjectDigests> {
    const { objects } = await this.dumpCatalogue();
    const objectsAtStart = statement === 1 ? objects : null;
    await this.#ledger.write(noteOf(step, statement, { objectsBefore: objects, objectsAtStart }));
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
    await this.#ledger.write(noteOf(step, statement, { state, message }));
  }

  async dumpCatalogue(): Promise<Catalogue> {
    await this.#connection.run(this.#ledger.cleanSql, BOOKKEEPING_MS);
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
    this.#isCancelled = true;
    try {
      const other = await this.#place.connect();
      await other
        .ask('SELECT pg_cancel_backend($1)', [this.#ledger.processId], BOOKKEEPING_MS)
        .finally(() => other.close());
    } catch {
      // The statement's own time-out ends it then.
    }
  }

  async close(): Promise<void> {
    this.#ledger.close();
    // A cancellation that comes late must not hit whoever would have the connection next.
    if (this.#isCancelled) await this.#connection.close();
    else await this.#place.leave();
  }

  /**
   * There is a pooler. A lock that was taken through one which shares processes would stay with a process that is nobody's: so
   * before that, whether another connection gets ours while ours is between two transactions.
   */
  async #assertOwnProcess(): Promise<void> {
    const own = this.#ledger.processId;
    const refusal = new UpgradeError('PLAN_INVALID', `${this.#connection.label} cannot be locked: ${POOLED}`);
    const ask = async (connection: PostgresConnection) =>
      (await connection.ask<{ pid: number }>('SELECT pg_backend_pid() AS pid', [], BOOKKEEPING_MS))[0]?.pid;
    const other = await this.#place.connect();
    try {
      await other.run('BEGIN', COME_IN_MS);
      if ((await ask(other)) === own || (await ask(this.#connection)) !== own) throw refusal;
    } catch (error) {
      // Where each session has a process, there may be none left for a second one.
      if (error === refusal || !(error instanceof UpgradeError)) throw error;
      if (/pooling mode/.test(error.message)) throw refusal;
    } finally {
      await other.close();
    }
  }

  async #runOutside(text: string, settings: readonly string[], limits: StatementLimits): Promise<void> {
    // What works concurrently waits for old transactions while it is in nobody's way: patience costs nothing there.
    const isPatient = /\bCONCURRENTLY\b/.test(headOf(text));
    const own = isPatient ? { ...limits, lockTimeoutMs: limits.statementTimeoutMs } : limits;
    try {
      await this.#connection.run(
        [this.#ledger.cleanSql, limitsSql('SET', own), ...settings].join('; '),
        BOOKKEEPING_MS,
      );
      await this.#connection.exhaust(text, limits.statementTimeoutMs);
    } finally {
      await this.#connection.run(this.#ledger.cleanSql, BOOKKEEPING_MS).catch(() => undefined);
    }
  }
}
