import { type Catalogue, type CatalogueLine, makeCatalogue, type ObjectDigests } from '../catalogue.ts';
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
import { UpgradeError } from '../upgrade-error.ts';
import { isJoinableMysqlStatement, judgeMysqlStatement } from './judge-mysql-statement.ts';
import { readMysqlCatalogue, TABLE_SIZES } from './mysql-catalogue.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import {
  CREATE_LEDGER,
  DRAW_TOKEN,
  LEDGER_TABLE,
  LIST_LEDGER,
  ledgerValues,
  type MysqlLedgerWrite,
  parseMysqlLedgerRow,
  type RawMysqlLedgerRow,
  READ_TOKEN,
  WRITE_LEDGER,
} from './mysql-ledger.ts';
import { takeUserLock } from './mysql-lock.ts';

/** For our own questions and notes. */
const BOOKKEEPING_MS = 30_000;

interface ServerTraits {
  readonly isMariadb: boolean;
  readonly hasChecks: boolean;
  readonly hasAtomicDdl: boolean;
  readonly sqlMode: string;
}

/**
 * A session on MySQL or MariaDB. DDL commits by itself there, so that a migration and its note cannot be one: the intent is
 * written first, and after a death the catalogue tells what became of it. Changes of rows commit with their note.
 */
export class MysqlSession implements TenantSession {
  readonly isDdlTransactional = false;
  readonly #connection: MysqlConnection;
  readonly #database: string;
  readonly #traits: ServerTraits;
  #holding: { readonly serviceId: string; readonly token: bigint } | undefined;
  /** The step whose settings this session has: they outlive statements, and are made again only where they got lost. */
  #setUpFor: Step | undefined;

  private constructor(connection: MysqlConnection, database: string, traits: ServerTraits) {
    this.#connection = connection;
    this.#database = database;
    this.#traits = traits;
  }

  static async start(connection: MysqlConnection, database: string): Promise<MysqlSession> {
    try {
      const sql = 'SELECT VERSION() AS version, @@sql_mode AS mode';
      const [row] = await connection.run<{ version: string; mode: string }>(sql, BOOKKEEPING_MS);
      return new MysqlSession(connection, database, readTraits(row?.version ?? '', row?.mode ?? ''));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async lock(request: LockRequest): Promise<bigint> {
    await takeUserLock(this.#connection, request.name, request.waitMs, request.signal);
    if (!(await this.#hasLedger())) await this.#ask(CREATE_LEDGER);
    await this.#ask(DRAW_TOKEN, [request.serviceId, request.by]);
    const token = await this.#readToken(request.serviceId);
    if (token === null) throw new UpgradeError('FENCED', 'The ledger gave no fencing token');
    this.#holding = { serviceId: request.serviceId, token };
    return token;
  }

  async listLedger(serviceId: string): Promise<readonly LedgerRow[]> {
    if (this.#holding === undefined && !(await this.#hasLedger())) return [];
    return (await this.#ask<RawMysqlLedgerRow>(LIST_LEDGER, [serviceId])).map(parseMysqlLedgerRow);
  }

  async runAtOnce(): Promise<void> {
    throw new TypeError('MySQL has no transactional DDL');
  }

  isJoinable(statement: string): boolean {
    return isJoinableMysqlStatement(statement);
  }

  async runJoined(step: Step, statement: number, limits: StatementLimits): Promise<void> {
    await this.#setUp(step, statement, limits);
    await this.#inTransaction(async () => {
      await this.#connection.run(step.statements[statement - 1] ?? '', limits.statementTimeoutMs);
      return { step, state: intentOf(step), statement, objectsBefore: null, message: null };
    });
  }

  async writeIntent(step: Step, statement: number): Promise<ObjectDigests> {
    const { objects } = await this.dumpCatalogue();
    await this.#write({ step, state: intentOf(step), statement, objectsBefore: objects, message: null });
    return objects;
  }

  async runAlone(step: Step, statement: number, limits: StatementLimits): Promise<void> {
    await this.#setUp(step, statement, limits);
    await this.#connection.run(step.statements[statement - 1] ?? '', limits.statementTimeoutMs);
  }

  async clear(texts: readonly string[], limits: StatementLimits): Promise<void> {
    for (const text of texts) await this.#connection.run(text, limits.statementTimeoutMs);
  }

  async probe(text: string, before: ObjectDigests): Promise<Verdict> {
    const { objects } = await this.dumpCatalogue();
    return judgeMysqlStatement(text, before, objects, this.#traits.hasAtomicDdl);
  }

  async writeState(step: Step, state: LedgerState, statement: number, message: string | null): Promise<void> {
    await this.#write({ step, state, statement, objectsBefore: null, message });
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
    this.#holding = undefined;
    await this.#connection.close();
  }

  #ask<Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#connection.run<Row>(sql, BOOKKEEPING_MS, values);
  }

  async #hasLedger(): Promise<boolean> {
    const sql = 'SELECT 1 AS has FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?';
    return (await this.#ask(sql, [this.#database, LEDGER_TABLE])).length > 0;
  }

  async #readToken(serviceId: string): Promise<bigint | null> {
    const [row] = await this.#ask<{ fencing_token: string | number }>(READ_TOKEN, [serviceId]);
    return row === undefined ? null : BigInt(row.fencing_token);
  }

  async #write(row: MysqlLedgerWrite): Promise<void> {
    await this.#inTransaction(async () => row);
  }

  /** Begins fenced, does the work, and commits it together with the row it returns. */
  async #inTransaction(work: () => Promise<MysqlLedgerWrite>): Promise<void> {
    if (this.#holding === undefined) throw new UpgradeError('FENCED', 'Nothing is written without the lock');
    const { serviceId, token } = this.#holding;
    await this.#ask('START TRANSACTION');
    try {
      const newest = await this.#readToken(serviceId);
      if (newest !== token) {
        const message = `A newer runner has taken over: the ledger has token ${newest ?? 'none'}, this one ${token}`;
        throw new UpgradeError('FENCED', message);
      }
      await this.#ask(WRITE_LEDGER, ledgerValues(serviceId, token, await work()));
      await this.#ask('COMMIT');
    } catch (error) {
      await this.#ask('ROLLBACK').catch(() => undefined);
      throw error;
    }
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

function intentOf(step: Step): LedgerState {
  return step.direction === 'up' ? 'running' : 'reverting';
}

/** `8.0.36` or `10.11.6-MariaDB-…`, at times with `5.5.5-` in front for the sake of old clients. */
function readTraits(version: string, sqlMode: string): ServerTraits {
  const isMariadb = /mariadb/i.test(version);
  const [, major = '0', minor = '0'] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(major) * 100 + Number(minor);
  return {
    isMariadb,
    sqlMode,
    hasAtomicDdl: number >= (isMariadb ? 1006 : 800),
    hasChecks: isMariadb ? number >= 1003 : number >= 800,
  };
}
