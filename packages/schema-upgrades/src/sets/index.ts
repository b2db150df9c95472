export { checksumOf } from './checksum.ts';
export { type Directives, readDirectives } from './directives.ts';
export { normaliseSql } from './normalise-sql.ts';
export { type MigrationPaths, type ReadSet, readMigrationSet, type SetHeader } from './read-migration-set.ts';
export { readSetDirectory } from './read-set-directory.ts';
export { SET_FINDING_CODES, type SetFinding, type SetFindingCode } from './set-finding.ts';
export { DEFAULT_SET_LIMITS, type SetFile, type SetLimits } from './set-limits.ts';
export { type SplitFault, type SplitResult, type Statement, splitStatements } from './split/split-statements.ts';
export { groupByVersion, versionOfPath } from './version-folders.ts';
