export type {
  PropagationLogger,
  PublicationSource,
  PublishedChange,
  PublishedState,
  TenantProfile,
} from './publication.ts';
export { PublicationService, type PublicationServiceOptions, type PublicationStatus } from './publication-service.ts';
export { type LinkStatus, RedisLink, type RedisLinkOptions } from './redis-link.ts';
export { describeRedis, parseRedisUrl, type RedisSettings, RedisUrlError } from './redis-settings.ts';
export {
  type DamagedSnapshotFile,
  type LoadedSnapshot,
  SnapshotFile,
  type SnapshotFileOptions,
} from './snapshot-file.ts';
