import {
  checkHolding,
  checkToken,
  type Holding,
  type LedgerWrite,
  notOurs,
  parseLedgerRow,
  type RawLedgerRow,
} from '../ledger.ts';
import type { LedgerRow, StatementLimits } from '../tenant-database.ts';
import { UpgradeError } from '../upgrade-error.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { PostgresLedgerSql } from './postgres-ledger-sql.ts';
import { BOOKKEEPING_MS, cleanSql, limitsSql } from './session-settings.ts';

/** Why statements of one session come to several processes of the server. */
export const POOLED =
  'a pooler between gives processes away after each transaction; use its session mode, or the server itself';

interface Fence extends Pick<RawLedgerRow, 'fencing_token'> {
  readonly pid: number;
}

/** The ledger of one schema over one connection: what is written is written fenced, in one transaction with the work. */
export class PostgresLedger {
  readonly #connection: PostgresConnection;
  readonly #schema: string;
  readonly #sql: PostgresLedgerSql;
  #canCheckClient = true;
  #isThere = false;
  #processId = 0;
  #isNew = true;
  #holding: Holding | undefined;
  /** As they were when the token was drawn: true until we write ourselves, as nobody else may. */
  #rows: readonly LedgerRow[] | undefined;

  private constructor(connection: PostgresConnection, schema: string) {
    this.#connection = connection;
    this.#schema = schema;
    this.#sql = new PostgresLedgerSql(schema);
  }

  /**
   * Sets a new session up and looks whether there is a ledger.
   *
   * @throws UpgradeError SCHEMA_MISSING
   */
  static async find(connection: PostgresConnection, schema: string): Promise<PostgresLedger> {
    const ledger = new PostgresLedger(connection, schema);
    try {
      await ledger.#look();
    } catch (error) {
      if (!(error instanceof UpgradeError) || error.isConnectionLost || error.code === 'SCHEMA_MISSING') throw error;
      ledger.#canCheckClient = false; // Not every operating system can tell.
      await ledger.#look();
    }
    return ledger;
  }

  /** Number of the server's process, which a pooler tells otherwise. */
  get processId(): number {
    return this.#processId;
  }

  /** Puts the session in the state that every migration begins in. */
  get cleanSql(): string {
    return cleanSql(this.#schema, this.#canCheckClient);
  }

  /** Makes the ledger where there is none, and draws a token above all earlier ones; the lock has to be held. */
  async open(serviceId: string, by: string): Promise<bigint> {
    if (this.#isThere && !this.#isNew) await this.#connection.run(this.#sql.renewSql, BOOKKEEPING_MS);
    const [drawn = [], rows = []] = await this.#draw(serviceId, by);
    const fence = drawn[0] as Fence | undefined;
    this.#checkProcess(fence);
    const token = BigInt(fence?.fencing_token ?? 0);
    this.#holding = { serviceId, token };
    this.#rows = (rows as RawLedgerRow[]).map(parseLedgerRow);
    return token;
  }

  /** Nothing is written any more. */
  close(): void {
    this.#holding = undefined;
    this.#rows = undefined;
  }

  async list(serviceId: string): Promise<readonly LedgerRow[]> {
    if (this.#holding?.serviceId === serviceId && this.#rows !== undefined) return this.#rows;
    if (this.#holding === undefined) await this.#look();
    if (!this.#isThere) return [];
    const rows = await this.#connection.run(this.#sql.listSql(serviceId), BOOKKEEPING_MS);
    return (rows as RawLedgerRow[]).map(parseLedgerRow);
  }

  async write(row: LedgerWrite): Promise<void> {
    await this.transact({ statementTimeoutMs: BOOKKEEPING_MS, lockTimeoutMs: BOOKKEEPING_MS }, async () => row);
  }

  /** Begins fenced, does the work, and commits it together with the row it returns. */
  async transact(limits: StatementLimits, work: () => Promise<LedgerWrite>): Promise<void> {
    const holding = checkHolding(this.#holding);
    this.#rows = undefined;
    const own = limitsSql('SET LOCAL', limits);
    const begin = `${this.cleanSql}; BEGIN; ${own}; ${this.#sql.readTokenSql(holding.serviceId)}`;
    try {
      const [fence] = (await this.#connection.run(begin, limits.statementTimeoutMs)) as Fence[];
      this.#checkProcess(fence);
      checkToken(holding, fence?.fencing_token);
      const row = await work();
      const end = `RESET ROLE; ${own}; ${this.#sql.writeSql(holding, row)}; COMMIT`;
      await this.#connection.run(end, limits.statementTimeoutMs);
    } catch (error) {
      await this.#connection.run('ROLLBACK', BOOKKEEPING_MS).catch(() => undefined);
      throw error;
    }
  }

  async #look(): Promise<void> {
    const [row] = await this.#connection.run(`${this.cleanSql}; ${this.#sql.findSql}`, BOOKKEEPING_MS);
    const found = row as Record<'has_schema' | 'has_ledger' | 'is_ours' | 'is_new', boolean> & { pid: number };
    if (!found.has_schema) throw new UpgradeError('SCHEMA_MISSING', `${this.#connection.label} does not exist`);
    if (found.has_ledger && !found.is_ours) throw notOurs(this.#connection.label);
    this.#isThere = found.has_ledger;
    this.#isNew = found.is_new;
    this.#processId = found.pid;
  }

  /** What has the lock is a process of the server: no other one may write, whoever passes our statements on. */
  #checkProcess(fence: Fence | undefined): void {
    if (fence === undefined || fence.pid === this.#processId) return;
    throw new UpgradeError(
      'FENCED',
      `${this.#connection.label} answers by another process than the one with the lock: ${POOLED}`,
    );
  }

  /** One round trip for the token and all rows, and for the ledger itself where there is none. */
  async #draw(serviceId: string, by: string): Promise<readonly (readonly unknown[])[]> {
    const draw = `${this.#sql.drawTokenSql(serviceId, by)}; ${this.#sql.listSql(serviceId)}`;
    if (this.#isThere) return this.#connection.runAll(draw, BOOKKEEPING_MS);
    try {
      const [, ...results] = await this.#connection.runAll(`${this.#sql.createSql}; ${draw}`, BOOKKEEPING_MS);
      this.#isThere = true;
      return results;
    } catch (error) {
      // Another service's runner, with another lock, may have made it in this very moment.
      await this.#look();
      if (!this.#isThere) throw error;
      return this.#connection.runAll(draw, BOOKKEEPING_MS);
    }
  }
}
