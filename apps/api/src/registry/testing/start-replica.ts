import { parseRedisUrl, RedisLink } from '@grey/propagation';
import { DiscoveryService } from '../discovery.service.ts';
import { discoveryLinkOf } from '../discovery-link.ts';
import { DiscoveryRedis } from '../discovery-redis.ts';
import { InstanceRegistry } from '../instance-registry.ts';
import { InstanceSets } from '../instance-sets.ts';
import { type InstanceSharing, SoleSharing } from '../instance-sharing.ts';
import { LiveReplicas } from '../live-replicas.ts';
import { readSourceInstances } from '../read-source-instances.ts';
import { RedisSharing } from '../redis-sharing.ts';
import { RegistryService } from '../registry.service.ts';
import { RegistrySync } from '../registry-sync.ts';
import { SourceGate } from '../source-gate.ts';
import type { RegistrySource } from '../sources/registry-source.ts';
import { TcpWatch } from '../tcp-watch.ts';
import { FakeRouter } from './fake-router.ts';

/** Replicas of one test: who lives, and who owns what (the first id that lives unless told otherwise). */
export class FakeReplicas {
  readonly living = new Set<string>();
  readonly owners = new Map<string, string>();

  seenBy(ownId: string): LiveReplicas {
    const { living } = this;
    const ownerOf = (key: string) => this.owners.get(key) ?? [...living].sort()[0] ?? ownId;
    return new (class extends LiveReplicas {
      override readonly ownId = ownId;
      override ids() {
        return [...living].sort();
      }
      override isOwner(key: string) {
        return ownerOf(key) === ownId;
      }
      override ownerOf(key: string) {
        return ownerOf(key);
      }
    })();
  }
}

/** The registry of one replica, without the rest of the API. */
export interface TestReplica {
  readonly id: string;
  readonly router: FakeRouter;
  readonly registry: InstanceRegistry;
  readonly sharing: InstanceSharing;
  readonly service: RegistryService;
  readonly replicas: LiveReplicas;
  readonly sets: InstanceSets | undefined;
  readonly redis: DiscoveryRedis | undefined;
  readonly link: RedisLink | undefined;
  readonly sync: RegistrySync | undefined;
  readonly discovery: DiscoveryService;
  readonly errors: string[];
  /** Ends it in good order. */
  stop(): Promise<void>;
}

export interface TestReplicaOptions {
  readonly redisUrl?: string;
  readonly id?: string;
  readonly replicas?: FakeReplicas;
  readonly graceMs?: number;
  /** Opens a foreign registry to read, as `nacos`. */
  readonly openSource?: () => Promise<RegistrySource>;
  /** Milliseconds; see `SyncTimes`. */
  readonly intervalMs?: number;
}

const TICK_MS = 50;

export async function startReplica(options: TestReplicaOptions = {}): Promise<TestReplica> {
  const { redisUrl, id = 'a', replicas: fake = new FakeReplicas() } = options;
  const router = new FakeRouter();
  const registry = new InstanceRegistry(router, Date.now, { holdsLeases: redisUrl === undefined });
  const replicas = fake.seenBy(id);
  fake.living.add(id);
  const errors: string[] = [];
  const link = redisUrl === undefined ? undefined : new RedisLink(parseRedisUrl(redisUrl), { commandTimeoutMs: 1_000 });
  await link?.open();
  const redis = link === undefined ? undefined : new DiscoveryRedis(discoveryLinkOf(link));
  const onError = (error: unknown, what = 'sets') => errors.push(`${what}: ${error}`);
  const sets = redis === undefined ? undefined : new InstanceSets(redis, replicas, { onError });
  const sharing =
    redis === undefined
      ? new SoleSharing(registry)
      : new RedisSharing(registry, redis, replicas, {
          onService: (service) => sets?.note(service),
          onError,
          graceMs: options.graceMs ?? 500,
          compareMs: 200,
          probeMs: 200,
        });
  sharing.start();
  const { openSource } = options;
  const gate = new SourceGate(openSource ?? (() => Promise.reject(new Error('none'))), { breakMs: 100 });
  const sync =
    openSource === undefined
      ? undefined
      : new RegistrySync({
          id: 'nacos',
          gate,
          watch: new TcpWatch(),
          registry,
          sharing,
          replicas,
          hasService: (serviceId) => router.hasService(serviceId),
          serviceIdOf: (name) => name,
          sourceNameOf: (serviceId) => serviceId,
          readListed: (serviceId, listed, now) =>
            readSourceInstances(serviceId, listed, now, { source: 'nacos', baselineVersion: undefined }),
          onError,
          times: { interval: options.intervalMs ?? 1_000, retry: 100, check: 200, staleCheck: 100 },
        });
  const nacos = sync === undefined ? undefined : { gate, sync, where: 'memory' };
  const timer = setInterval(() => {
    sync?.tick();
    sharing.tick(false);
    void sets?.refreshDue(registry.serviceIds);
  }, TICK_MS);
  return {
    id,
    router,
    registry,
    sharing,
    service: new RegistryService(registry, sharing, replicas),
    replicas,
    sets,
    redis,
    link,
    sync,
    discovery: new DiscoveryService({ registry, sharing, replicas, nacos }),
    errors,
    async stop() {
      clearInterval(timer);
      fake.living.delete(id);
      await sync?.stop();
      await sharing.stop();
      await link?.close();
    },
  };
}
