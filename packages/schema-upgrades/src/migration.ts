/** `expand` only adds, so that old and new versions work; `migrate` moves data; `contract` takes away what only the old version used. */
export type Phase = 'expand' | 'migrate' | 'contract';

/** Kind of database server; `mysql` also means MariaDB. */
export type Engine = 'postgres' | 'mysql';

/** One step of SQL on the way of a tenant's schema from one state to the next. */
export interface Migration {
  /** Unique in its schema and never reused; `0001_add_preferences`. */
  readonly name: string;
  readonly phase: Phase;
  /** False for what the server refuses inside a transaction, such as `CREATE INDEX CONCURRENTLY`. */
  readonly isTransactional: boolean;
  /** SQL, one or more statements. */
  readonly up: string;
  /** SQL that takes `up` back; null when the author declared that nothing can. */
  readonly down: string | null;
  /** SHA-256 in hex over name, phase, up and down. */
  readonly checksum: string;
}

/** The migrations that a version of a service brings, in the order they run. */
export interface MigrationSet {
  readonly serviceId: string;
  /** The service's version that brings the set. */
  readonly version: string;
  /** Version of the tenant's schema after it. */
  readonly schemaVersion: number;
  readonly engine: Engine;
  readonly migrations: readonly Migration[];
}

/** Where a tenant's data lies and how to get in. Carries a secret: never logged, never part of a message. */
export interface DataSourceAddress {
  readonly engine: Engine;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PostgreSQL's schema inside the database; null on MySQL, where a database is one. */
  readonly schema: string | null;
  readonly user: string;
  readonly password: string;
  /** `require` encrypts without asking who the server is; `verify` checks its certificate and name too. */
  readonly tls: 'off' | 'require' | 'verify';
  /**
   * Where to connect to, as a number, while `host` is what the server has to prove: a name that is resolved twice may lead
   * somewhere else the second time. Default: what `host` resolves to. Dump programs are not told, nor asked with `verify`.
   */
  readonly connectTo?: string;
}
