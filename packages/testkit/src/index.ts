export { isAlive, readCommandLine } from './find-process.ts';
export { makeSnapshotSource, type SnapshotShape } from './make-snapshot-source.ts';
export { pickFreePort } from './pick-free-port.ts';
export { type RunningPostgres, type StartPostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export {
  createTestDatabase,
  type StartTemplateDatabaseOptions,
  startTemplateDatabase,
  type TemplateDatabase,
  type TestDatabase,
} from './postgres/template-database.ts';
export { seededRandom } from './seeded-random.ts';
