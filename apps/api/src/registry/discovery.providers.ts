import { Logger, type Provider } from '@nestjs/common';
import { isBrokenCircuitError } from 'cockatiel';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { RouterState } from '../routing/router-state.ts';
import { DiscoveryService, type ForeignRegistry } from './discovery.service.ts';
import { DiscoveryMetrics } from './discovery-metrics.ts';
import { InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing } from './instance-sharing.ts';
import { LiveReplicas } from './live-replicas.ts';
import { readSourceInstances } from './read-source-instances.ts';
import { INSTANCE_SHARING } from './registry.providers.ts';
import { RegistrySync } from './registry-sync.ts';
import { SourceGate } from './source-gate.ts';
import { openNacosSource } from './sources/open-nacos-source.ts';
import { SyncTimer } from './sync-timer.ts';
import { TcpWatch } from './tcp-watch.ts';

/** Injection token of the {@link ForeignRegistry} that is a Nacos; undefined when none is configured. */
const NACOS = Symbol('Nacos');

/** Foreign registries and what an operator sees of them. The timer starts with the application and ends with it. */
export const discoveryProviders: Provider[] = [
  {
    provide: NACOS,
    useFactory: (
      config: Config,
      router: RouterState,
      registry: InstanceRegistry,
      sharing: InstanceSharing,
      replicas: LiveReplicas,
    ) => nacosOf(config, router, { registry, sharing, replicas }),
    inject: [CONFIG, RouterState, InstanceRegistry, INSTANCE_SHARING, LiveReplicas],
  },
  {
    provide: SyncTimer,
    useFactory: (nacos: ForeignRegistry | undefined) => new SyncTimer(nacos?.sync),
    inject: [NACOS],
  },
  {
    provide: DiscoveryService,
    useFactory: (
      registry: InstanceRegistry,
      sharing: InstanceSharing,
      replicas: LiveReplicas,
      nacos: ForeignRegistry | undefined,
    ) => new DiscoveryService({ registry, sharing, replicas, nacos }),
    inject: [InstanceRegistry, INSTANCE_SHARING, LiveReplicas, NACOS],
  },
  {
    provide: DiscoveryMetrics,
    useFactory: (registry: InstanceRegistry, nacos: ForeignRegistry | undefined) =>
      new DiscoveryMetrics(registry, nacos),
    inject: [InstanceRegistry, NACOS],
  },
];

interface Neighbours {
  readonly registry: InstanceRegistry;
  readonly sharing: InstanceSharing;
  readonly replicas: LiveReplicas;
}

function nacosOf(config: Config, router: RouterState, neighbours: Neighbours): ForeignRegistry | undefined {
  const {
    GREY_NACOS_URL: urls,
    GREY_NACOS_NAMESPACE: namespace,
    GREY_NACOS_GROUP: group,
    GREY_NACOS_USERNAME: username,
    GREY_NACOS_PASSWORD: password,
    GREY_NACOS_API: api,
    GREY_NACOS_SERVICE_PREFIX: prefix,
    GREY_NACOS_BASELINE_VERSION: baselineVersion,
  } = config;
  if (urls === undefined) return undefined;
  const gate = new SourceGate(() => openNacosSource({ urls, namespace, group, username, password, api }));
  const sync = new RegistrySync({
    id: 'nacos',
    gate,
    watch: new TcpWatch(),
    ...neighbours,
    hasService: (serviceId) => router.hasService(serviceId),
    serviceIdOf: (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined),
    sourceNameOf: (serviceId) => prefix + serviceId,
    readListed: (serviceId, listed, now) =>
      readSourceInstances(serviceId, listed, now, { source: 'nacos', baselineVersion }),
    onError: logOnce(new Logger('nacos')),
    times: { interval: config.GREY_DISCOVERY_INTERVAL_MS },
  });
  return { sync, gate, where: `${urls.join(', ')} (${namespace ?? 'public'}, ${group ?? 'DEFAULT_GROUP'})` };
}

/** A registry that is down fails every few seconds with the same words: they are worth one line. */
function logOnce(logger: Logger): (error: unknown, what: string) => void {
  let last = '';
  return (error, what) => {
    const words = `${what}: ${error instanceof Error ? error.message : error}`;
    if (words === last || isBrokenCircuitError(error)) return;
    last = words;
    logger.warn({ err: error, msg: what });
  };
}
