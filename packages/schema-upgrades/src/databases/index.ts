export {
  type Catalogue,
  type CatalogueDifference,
  compareObjects,
  isSame,
  type ObjectDigests,
} from './catalogue.ts';
export { type MysqlOptions, mysqlDatabase } from './mysql/mysql-database.ts';
export { KeptConnections } from './postgres/kept-connections.ts';
export { type PostgresOptions, postgresDatabase } from './postgres/postgres-database.ts';
export type {
  LedgerRow,
  LedgerState,
  LockRequest,
  StatementLimits,
  StatementWatch,
  Step,
  TableSize,
  TenantDatabase,
  TenantSession,
  Verdict,
} from './tenant-database.ts';
export { type ConnectOptions, tenantDatabaseAt } from './tenant-database-at.ts';
export { UpgradeError, type UpgradeErrorCode } from './upgrade-error.ts';
export { withoutCredentials } from './without-credentials.ts';
