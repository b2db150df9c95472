import {
  checkHolding,
  checkToken,
  type Holding,
  isFinished,
  LEDGER_TABLE,
  type LedgerWrite,
  ledgerValues,
  notOurs,
  parseLedgerRow,
  type RawLedgerRow,
} from '../ledger.ts';
import type { LedgerRow } from '../tenant-database.ts';
import { UpgradeError } from '../upgrade-error.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import {
  CREATE_LEDGER,
  DRAW_TOKEN,
  FIND_LEDGER,
  LIST_LEDGER,
  READ_TOKEN,
  RENEW_LEDGER,
  WRITE_LEDGER,
} from './mysql-ledger-sql.ts';

interface Fence extends Pick<RawLedgerRow, 'fencing_token'> {
  readonly holds: string | number;
}

/** The ledger of one database over one connection: what is written is written fenced. */
export class MysqlLedger {
  readonly #connection: MysqlConnection;
  readonly #database: string;
  readonly #timeoutMs: number;
  #holding: Holding | undefined;
  #lock = '';
  #isNew = true;

  /** @param timeoutMs for each of its own questions and notes */
  constructor(connection: MysqlConnection, database: string, timeoutMs: number) {
    this.#connection = connection;
    this.#database = database;
    this.#timeoutMs = timeoutMs;
  }

  /** Draws a token above all earlier ones. @param lock name of the server's lock, which has to be held, now and whenever we write */
  async open(serviceId: string, by: string, lock: string): Promise<bigint> {
    this.#lock = lock;
    if (!(await this.#exists())) await this.#ask(CREATE_LEDGER);
    else if (!this.#isNew) await this.#ask(RENEW_LEDGER);
    await this.#ask(DRAW_TOKEN, [serviceId, by]);
    const newest = await this.#readToken(serviceId);
    if (newest === undefined) throw new UpgradeError('FENCED', 'The ledger gave no fencing token');
    const token = BigInt(newest);
    this.#holding = { serviceId, token };
    return token;
  }

  /** Nothing is written any more. */
  close(): void {
    this.#holding = undefined;
  }

  async list(serviceId: string): Promise<readonly LedgerRow[]> {
    if (this.#holding === undefined && !(await this.#exists())) return [];
    return (await this.#ask<RawLedgerRow>(LIST_LEDGER, [serviceId])).map(parseLedgerRow);
  }

  async write(row: LedgerWrite): Promise<void> {
    await this.transact(async () => row);
  }

  /** Begins fenced, does the work, and commits it together with the row it returns. */
  async transact(work: () => Promise<LedgerWrite>): Promise<void> {
    const holding = checkHolding(this.#holding);
    await this.#ask('START TRANSACTION');
    try {
      checkToken(holding, await this.#readToken(holding.serviceId));
      const row = await work();
      await this.#ask(WRITE_LEDGER, [...ledgerValues(holding, row), isFinished(row) ? 1 : 0]);
      await this.#ask('COMMIT');
    } catch (error) {
      await this.#ask('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async #exists(): Promise<boolean> {
    const [found] = await this.#ask<Record<'total' | 'ours' | 'isNew', string | number>>(FIND_LEDGER, [
      this.#database,
      LEDGER_TABLE,
    ]);
    if (Number(found?.total ?? 0) === 0) return false;
    this.#isNew = Number(found?.isNew) === 1;
    if (Number(found?.ours) !== 5) throw notOurs(this.#connection.label);
    return true;
  }

  async #readToken(serviceId: string): Promise<string | number | undefined> {
    const [row] = await this.#ask<Fence>(READ_TOKEN, [this.#lock, serviceId]);
    if (row !== undefined && Number(row.holds) !== 1) {
      const why = 'a statement has let go of it, or a proxy gives sessions away between statements';
      throw new UpgradeError('FENCED', `This session does not have its lock any more: ${why}`);
    }
    return row?.fencing_token;
  }

  #ask<Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#connection.run<Row>(sql, this.#timeoutMs, values);
  }
}
