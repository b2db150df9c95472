import type { RedisLink } from '@grey/propagation';
import { Logger, type Provider } from '@nestjs/common';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { RouterState } from '../routing/router-state.ts';
import { InstanceUpdates, LiveInstances } from '../services/live-instances.ts';
import { discoveryLinkOf } from './discovery-link.ts';
import { DiscoveryRedis } from './discovery-redis.ts';
import { HealthChecker } from './health-checker.ts';
import { InstanceRegistry } from './instance-registry.ts';
import { InstanceSets } from './instance-sets.ts';
import { type InstanceSharing, SoleSharing } from './instance-sharing.ts';
import { LiveReplicas } from './live-replicas.ts';
import { RedisSharing } from './redis-sharing.ts';
import { RegistryService } from './registry.service.ts';
import { RegistryTimers } from './registry-timers.ts';

/** Injection token of the {@link InstanceSharing}. */
export const INSTANCE_SHARING = Symbol('InstanceSharing');
/** Injection token of the {@link DiscoveryRedis}; undefined when no Redis is configured. */
const DISCOVERY_REDIS = Symbol('DiscoveryRedis');

const logger = new Logger('registry');
const warn = (error: unknown, msg: string) => logger.warn({ err: error, msg });

/**
 * The discovery plane. With a Redis it is shared by all replicas, without one this process is alone. Who the other replicas
 * are is for `LiveReplicas` to say. The timer starts with the application and ends with it.
 */
export const registryProviders: Provider[] = [
  {
    provide: InstanceRegistry,
    useFactory: (router: RouterState, link: RedisLink | undefined) =>
      new InstanceRegistry(router, Date.now, { holdsLeases: link === undefined }),
    inject: [RouterState, REDIS_LINK],
  },
  { provide: LiveInstances, useExisting: InstanceRegistry },
  { provide: InstanceUpdates, useExisting: RegistryService },
  {
    provide: DISCOVERY_REDIS,
    useFactory: (link: RedisLink | undefined) =>
      link === undefined ? undefined : new DiscoveryRedis(discoveryLinkOf(link)),
    inject: [REDIS_LINK],
  },
  {
    provide: InstanceSets,
    useFactory: (redis: DiscoveryRedis | undefined, replicas: LiveReplicas) =>
      redis === undefined
        ? undefined
        : new InstanceSets(redis, replicas, { onError: (error) => warn(error, 'sets of instances were not written') }),
    inject: [DISCOVERY_REDIS, LiveReplicas],
  },
  {
    provide: INSTANCE_SHARING,
    useFactory: (
      registry: InstanceRegistry,
      redis: DiscoveryRedis | undefined,
      replicas: LiveReplicas,
      sets: InstanceSets | undefined,
    ): InstanceSharing =>
      redis === undefined
        ? new SoleSharing(registry)
        : new RedisSharing(registry, redis, replicas, { onService: (service) => sets?.note(service), onError: warn }),
    inject: [InstanceRegistry, DISCOVERY_REDIS, LiveReplicas, InstanceSets],
  },
  {
    provide: RegistryService,
    useFactory: (registry: InstanceRegistry, sharing: InstanceSharing, replicas: LiveReplicas) =>
      new RegistryService(registry, sharing, replicas),
    inject: [InstanceRegistry, INSTANCE_SHARING, LiveReplicas],
  },
  {
    provide: HealthChecker,
    useFactory: (registry: RegistryService) => new HealthChecker(registry),
    inject: [RegistryService],
  },
  {
    provide: RegistryTimers,
    useFactory: (
      registry: InstanceRegistry,
      sharing: InstanceSharing,
      checker: HealthChecker,
      sets: InstanceSets | undefined,
    ) => new RegistryTimers({ sharing, checker, sets, serviceIds: () => registry.serviceIds }),
    inject: [InstanceRegistry, INSTANCE_SHARING, HealthChecker, InstanceSets],
  },
];
