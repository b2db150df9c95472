import { type Catalogue, type CatalogueLine, makeCatalogue, type ObjectDigests } from '../catalogue.ts';
import { noteOf } from '../ledger.ts';
import { isSessionSetting, settingsBefore } from '../statement-head.ts';
import type {
  LedgerRow,
  LedgerState,
  LockRequest,
  StatementLimits,
  Step,
  TableSize,
  TenantSession,
  Verdict,
} from '../tenant-database.ts';
import { isJoinableMysqlStatement, judgeMysqlStatement } from './judge-mysql-statement.ts';
import { readMysqlCatalogue, TABLE_SIZES } from './mysql-catalogue.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { MysqlLedger } from './mysql-ledger.ts';
import { takeUserLock } from './mysql-lock.ts';
import { PATIENCE } from './mysql-options.ts';
import { readTraits, type ServerTraits } from './server-traits.ts';

/** For our own questions and notes. */
const BOOKKEEPING_MS = 30_000;

/**
 * A session on MySQL or MariaDB. DDL commits by itself there, so that a migration and its note cannot be one: the intent is
 * written first, and after a death the catalogue tells what became of it. Changes of rows commit with their note.
 */
export class MysqlSession implements TenantSession {
  readonly isDdlTransactional = false;
  readonly #connection: MysqlConnection;
  readonly #database: string;
  readonly #traits: ServerTraits;
  readonly #ledger: MysqlLedger;
  /** The step whose settings this session has: they outlive statements, and are made again only where they got lost. */
  #setUpFor: Step | undefined;

  private constructor(connection: MysqlConnection, database: string, traits: ServerTraits) {
    this.#connection = connection;
    this.#database = database;
    this.#traits = traits;
    this.#ledger = new MysqlLedger(connection, database, BOOKKEEPING_MS);
  }

  static async start(connection: MysqlConnection, database: string): Promise<MysqlSession> {
    try {
      await connection.run(PATIENCE, BOOKKEEPING_MS);
      const sql = 'SELECT VERSION() AS version, @@sql_mode AS mode';
      const [row] = await connection.run<{ version: string; mode: string }>(sql, BOOKKEEPING_MS);
      return new MysqlSession(connection, database, readTraits(row?.version ?? '', row?.mode ?? ''));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async lock(request: LockRequest): Promise<bigint> {
    const key = await takeUserLock(this.#connection, request);
    return this.#ledger.open(request.serviceId, request.by, key);
  }

  async listLedger(serviceId: string): Promise<readonly LedgerRow[]> {
    return this.#ledger.list(serviceId);
  }

  async runAtOnce(): Promise<void> {
    throw new TypeError('MySQL has no transactional DDL');
  }

  isJoinable(statement: string): boolean {
    return isJoinableMysqlStatement(statement);
  }

  async runJoined(
    step: Step,
    statement: number,
    limits: StatementLimits,
    objectsAtStart: ObjectDigests | null,
  ): Promise<void> {
    await this.#setUp(step, statement, limits);
    await this.#ledger.transact(async () => {
      await this.#connection.exhaust(step.statements[statement - 1] ?? '', limits.statementTimeoutMs);
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
    await this.#setUp(step, statement, limits);
    await this.#connection.exhaust(step.statements[statement - 1] ?? '', limits.statementTimeoutMs);
  }

  async clear(texts: readonly string[], limits: StatementLimits): Promise<void> {
    for (const text of texts) await this.#connection.run(text, limits.statementTimeoutMs);
  }

  async probe(text: string, before: ObjectDigests): Promise<Verdict> {
    const { objects } = await this.dumpCatalogue();
    return judgeMysqlStatement(text, before, objects, this.#traits.hasAtomicDdl);
  }

  async writeState(step: Step, state: LedgerState, statement: number, message: string | null): Promise<void> {
    await this.#ledger.write(noteOf(step, statement, { state, message }));
  }

  async dumpCatalogue(): Promise<Catalogue> {
    return makeCatalogue(
      await readMysqlCatalogue((sql) => this.#ask<CatalogueLine>(sql, [this.#database]), this.#traits),
    );
  }

  async listTableSizes(): Promise<readonly TableSize[]> {
    const rows = await this.#ask<{ name: string; rowCount: string | number; byteCount: string | number }>(TABLE_SIZES, [
      this.#database,
    ]);
    return rows.map((row) => ({ table: row.name, rowCount: Number(row.rowCount), byteCount: Number(row.byteCount) }));
  }

  async cancelStatement(): Promise<void> {
    await this.#connection.killQuery();
  }

  async close(): Promise<void> {
    this.#ledger.close();
    await this.#connection.close();
  }

  #ask<Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#connection.run<Row>(sql, BOOKKEEPING_MS, values);
  }

  /** Before the first statement of a step: whatever settings another step left are taken back, and its own made again. */
  async #setUp(step: Step, statement: number, limits: StatementLimits): Promise<void> {
    // Whole seconds, and at least one: what the older of the two servers take.
    const lockSeconds = Math.max(1, Math.ceil(limits.lockTimeoutMs / 1_000));
    if (this.#setUpFor !== step) {
      await this.#ask(`USE \`${this.#database.replaceAll('`', '``')}\``);
      await this.#ask(
        'SET SESSION autocommit = 1, foreign_key_checks = 1, unique_checks = 1, time_zone = @@GLOBAL.time_zone, sql_mode = ?',
        [this.#traits.sqlMode],
      );
      for (const setting of settingsBefore(step.statements, statement)) {
        await this.#connection.run(setting, limits.statementTimeoutMs);
      }
      this.#setUpFor = step;
    }
    if (isSessionSetting(step.statements[statement - 1] ?? '')) return;
    await this.#ask(`SET SESSION lock_wait_timeout = ${lockSeconds}, innodb_lock_wait_timeout = ${lockSeconds}`);
  }
}
