export { isAlive, readCommandLine } from './find-process.ts';
export { findProgram, foldersOf } from './find-program.ts';
export { makeRules } from './make-rules.ts';
export { makeSnapshotSource, type SnapshotShape } from './make-snapshot-source.ts';
export { type FoundMariadb, findMariadb, needsMariadb } from './mariadb/find-mariadb.ts';
export { type RunningMariadb, type StartMariadbOptions, startMariadb } from './mariadb/start-mariadb.ts';
export { buildNacos, isNacosBuilt, type NacosGeneration } from './nacos/build-nacos.ts';
export { type FoundNacos, findNacos, needsNacos } from './nacos/find-nacos.ts';
export { type RunningNacos, type StartNacosOptions, startNacos } from './nacos/start-nacos.ts';
export { pickFreePort } from './pick-free-port.ts';
export { type FoundSystemPostgres, findSystemPostgres, needsSystemPostgres } from './postgres/find-system-postgres.ts';
export { type RunningPostgres, type StartPostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export {
  createTestDatabase,
  type StartTemplateDatabaseOptions,
  startTemplateDatabase,
  type TemplateDatabase,
  type TestDatabase,
} from './postgres/template-database.ts';
export { type FoundRedis, findRedis, needsRedis } from './redis/find-redis.ts';
export { type RunningRedis, type StartRedisOptions, startRedis } from './redis/start-redis.ts';
export { type RunningRedisCluster, startRedisCluster } from './redis/start-redis-cluster.ts';
export { type RunningRedisSentinel, startRedisSentinel } from './redis/start-redis-sentinel.ts';
export { seededRandom } from './seeded-random.ts';
