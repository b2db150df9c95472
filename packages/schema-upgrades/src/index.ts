export * from './backup/index.ts';
export * from './databases/index.ts';
export * from './lint/index.ts';
export type { DataSourceAddress, Engine, Migration, MigrationSet, Phase } from './migration.ts';
export * from './runner/index.ts';
export * from './sets/index.ts';
