export type { DataSourceAddress, Engine, Migration, MigrationSet, Phase } from './migration.ts';
export * from './sets/index.ts';
