import type { Engine, Migration, Phase } from '../migration.ts';
import type { Catalogue, ObjectDigests } from './catalogue.ts';

/**
 * `running` and `reverting` are intents: something was begun and its end was not recorded. `needs_operator` is what could
 * neither be proven done nor undone.
 */
export type LedgerState = 'running' | 'applied' | 'reverting' | 'reverted' | 'needs_operator';

/** What a tenant's database itself remembers of one migration of one service. */
export interface LedgerRow {
  readonly name: string;
  readonly checksum: string;
  readonly phase: Phase;
  readonly state: LedgerState;
  /** The upgrade it belongs to: survives the death of the process that works for it. */
  readonly runId: string;
  /** Who asked for it. */
  readonly by: string;
  readonly fencingToken: bigint;
  /** Number of the last statement begun, from 1; 0 when none was. */
  readonly statement: number;
  /** Objects before that statement, while it is not known whether it was carried out; null when it surely was. */
  readonly objectsBefore: ObjectDigests | null;
  /** Objects before the first statement of a step that is under way, which its way back has to lead to; null where none was noted. */
  readonly objectsAtStart: ObjectDigests | null;
  /** What is known, when an operator is needed. */
  readonly message: string | null;
  /** By the clock of the tenant's database. */
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** One migration on its way up or down. */
export interface Step {
  readonly migration: Migration;
  readonly direction: 'up' | 'down';
  readonly statements: readonly string[];
  readonly runId: string;
  readonly by: string;
}

export interface StatementLimits {
  /** How long the server may work on one statement, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** How long a statement may wait for a lock of others, in milliseconds. Short: whoever comes later queues behind it. */
  readonly lockTimeoutMs: number;
}

/** Told before and after each statement, counted from 1; a throw from either ends the step as a failure of the statement. */
export interface StatementWatch {
  before(statement: number): void;
  after(statement: number): void;
}

/** What a probe of the catalogue says of a statement that was begun. `half` can be cleared away, `unknown` is for a human. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-done' }
  | { readonly kind: 'half'; readonly clearing: readonly string[] }
  | { readonly kind: 'unknown'; readonly known: string };

export interface TableSize {
  readonly table: string;
  /** As the server's statistics have it; -1 when it never counted. */
  readonly rowCount: number;
  /** With indexes and out-of-line values. */
  readonly byteCount: number;
}

/** A tenant's database, or schema in a shared one. Knows the way in; holds nothing open. */
export interface TenantDatabase {
  readonly engine: Engine;
  /** `host:port/database` and schema, without credentials: for messages. */
  readonly label: string;
  /** @throws UpgradeError when there is no way in */
  openSession(): Promise<TenantSession>;
}

export interface LockRequest {
  /** Tenant and service; whoever uses the same name on the same server is kept out. */
  readonly name: string;
  readonly serviceId: string;
  readonly waitMs: number;
  readonly by: string;
  readonly signal?: AbortSignal | undefined;
}

/** One connection. Everything that writes needs the lock first, and refuses once a newer holder has been seen. */
export interface TenantSession {
  /** True when a migration and its ledger row can commit together. */
  readonly isDdlTransactional: boolean;

  /**
   * Takes the session lock, makes the ledger where there is none, and draws a fencing token above all earlier ones. The server
   * frees the lock when the session ends, however it ends.
   *
   * @throws UpgradeError LOCK_HELD, with what is known of the holder
   */
  lock(request: LockRequest): Promise<bigint>;

  /** All rows of a service, in the order of their names; none when there is no ledger yet. Needs no lock. */
  listLedger(serviceId: string): Promise<readonly LedgerRow[]>;

  /** Runs a step and records it, all in one transaction. Only where DDL is transactional. */
  runAtOnce(step: Step, limits: StatementLimits, watch: StatementWatch): Promise<void>;

  /** True when the statement can commit together with the ledger's note of it. */
  isJoinable(statement: string): boolean;
  /** Runs one statement in one transaction with the note that it is done. @param atStart with the first of a step: what there is before it */
  runJoined(step: Step, statement: number, limits: StatementLimits, atStart: ObjectDigests | null): Promise<void>;
  /** Records that the statement is about to run, with what the schema consists of now: with the first of a step also for its way back. */
  writeIntent(step: Step, statement: number): Promise<ObjectDigests>;
  /** Runs one statement by itself. The intent must have been written. */
  runAlone(step: Step, statement: number, limits: StatementLimits): Promise<void>;
  /** Runs what clears away a half-done statement. */
  clear(texts: readonly string[], limits: StatementLimits): Promise<void>;
  /** Looks in the catalogue what became of a statement. */
  probe(text: string, before: ObjectDigests): Promise<Verdict>;
  /** Records where a step stands: finished, or in need of an operator. */
  writeState(step: Step, state: LedgerState, statement: number, message: string | null): Promise<void>;

  dumpCatalogue(): Promise<Catalogue>;
  /** Largest first. */
  listTableSizes(): Promise<readonly TableSize[]>;

  /** Asks the server to give up the statement that runs now, over a connection of its own. Never throws. */
  cancelStatement(): Promise<void>;
  /** Ends the session and with it the lock. Never throws. */
  close(): Promise<void>;
}
