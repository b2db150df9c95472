export {
  ChangeFollower,
  type ChangeFollowerOptions,
  type FollowLink,
  type FollowState,
  type FollowTarget,
} from './change-follower.ts';
export { ChangePublisher, type PublishOutcome } from './change-publisher.ts';
export { FollowedOverrides } from './followed-overrides.ts';
export {
  FollowedSnapshot,
  type FollowedSnapshotOptions,
  type FollowStatus,
  type SnapshotCause,
} from './followed-snapshot.ts';
export { OverrideLayer } from './override-layer.ts';
export { ownerOf } from './owner-of.ts';
export {
  comparePositions,
  formatPosition,
  type PropagationLogger,
  type PublicationSource,
  type PublishedChange,
  type PublishedState,
  type TenantProfile,
} from './publication.ts';
export { PublicationService, type PublicationServiceOptions, type PublicationStatus } from './publication-service.ts';
export type { RedisClient } from './redis-client.ts';
export { RedisError } from './redis-error.ts';
export { type LinkStatus, RedisLink, type RedisLinkOptions } from './redis-link.ts';
export { type RedisPosition, readPosition } from './redis-position.ts';
export type { StreamEntry, StreamReader } from './redis-reader.ts';
export { describeRedis, parseRedisUrl, type RedisSettings, RedisUrlError } from './redis-settings.ts';
export {
  DEFAULT_LEASE_MS,
  DEFAULT_LOST_MS,
  REMEMBER_ROUTERS_MS,
  RouterLease,
  type RouterLeaseOptions,
} from './router-lease.ts';
export {
  type Convergence,
  type KnownRouter,
  type RouterMemoryOfRedis,
  RouterPresence,
  type RouterPresenceOptions,
  type RouterReport,
} from './router-presence.ts';
export { runInSteps } from './run-in-steps.ts';
export { scanConfiguredTenants } from './scan-keys.ts';
export {
  type DamagedSnapshotFile,
  type LoadedSnapshot,
  SnapshotFile,
  type SnapshotFileOptions,
} from './snapshot-file.ts';
