import {
  type DiscoveryServiceList,
  type DiscoveryService as DiscoveryServiceView,
  type DiscoverySource,
  type DiscoverySourceList,
  discoveryListLimit,
} from '@grey/contracts';
import { ApiError } from '../infra/http/api-error.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import type { InstanceSharing, SharedView, SourceView } from './instance-sharing.ts';
import type { LiveReplicas } from './live-replicas.ts';
import type { RegistrySync } from './registry-sync.ts';
import type { SourceGate } from './source-gate.ts';

/** A foreign registry as it was configured. */
export interface ForeignRegistry {
  readonly sync: RegistrySync;
  readonly gate: SourceGate;
  /** Addresses, namespace and group, without credentials. */
  readonly where: string;
}

export interface DiscoveryParts {
  readonly registry: InstanceRegistry;
  readonly sharing: InstanceSharing;
  readonly replicas: LiveReplicas;
  /** undefined: no Nacos is configured. */
  readonly nacos: ForeignRegistry | undefined;
}

/** What an operator asks of the discovery plane: where instances come from, and whether all places agree. */
export class DiscoveryService {
  readonly #parts: DiscoveryParts;

  constructor(parts: DiscoveryParts) {
    this.#parts = parts;
  }

  async listSources(): Promise<DiscoverySourceList> {
    const { nacos, replicas } = this.#parts;
    return { items: [this.#describeBuiltin(), await this.#describeNacos(nacos)], replica: replicas.ownId };
  }

  /** @throws ApiError SOURCE_UNAVAILABLE */
  async syncNow(): Promise<DiscoverySourceList> {
    try {
      await this.#parts.nacos?.sync.syncNow();
    } catch (error) {
      const detail = this.#parts.nacos?.gate.health.error ?? String(error);
      throw new ApiError('SOURCE_UNAVAILABLE', { detail }, { cause: error });
    }
    return this.listSources();
  }

  async listServices(): Promise<DiscoveryServiceList> {
    const { registry, sharing, replicas } = this.#parts;
    const [shared, views] = await Promise.all([sharing.listShared(), sharing.listViews('nacos')]);
    const ids = new Set([...registry.serviceIds, ...(shared?.keys() ?? []), ...views.keys()]);
    const items = [...ids].sort().map((serviceId) => this.#compare(serviceId, shared, views.get(serviceId)));
    return { items, replica: replicas.ownId };
  }

  #compare(
    serviceId: string,
    shared: ReadonlyMap<string, SharedView> | undefined,
    view: SourceView | undefined,
  ): DiscoveryServiceView {
    const { registry, replicas } = this.#parts;
    const registrations = registry.registrationsOf(serviceId);
    const inMemory = registrations.map(({ request }) => request.instanceId);
    const inRedis =
      shared === undefined ? undefined : (shared.get(serviceId)?.instances ?? []).map((one) => one.instanceId);
    const foreign = registrations.filter((one) => one.source !== 'builtin').map(({ request }) => request.instanceId);
    const drift = [
      ...missing(inRedis ?? inMemory, inMemory, 'redis'),
      ...missing(inMemory, inRedis ?? [], 'memory'),
      ...(view === undefined ? [] : missing(view.instanceIds, foreign, 'source')),
      ...missing(
        inMemory,
        [...(view?.instanceIds ?? [])].filter((id) => inRedis?.includes(id) !== true),
        'memory',
      ),
    ];
    return {
      serviceId,
      sequence: registry.sequenceOf(serviceId),
      owner: replicas.ownerOf(serviceId),
      inMemory: inMemory.length,
      inRedis: inRedis?.length ?? null,
      inSource: view?.instanceIds.length ?? null,
      sourceReadAt: view === undefined ? null : new Date(view.at).toISOString(),
      hasDrift: drift.length > 0,
      drift: drift.slice(0, discoveryListLimit),
    };
  }

  #describeBuiltin(): DiscoverySource {
    const { registry } = this.#parts;
    const services = registry.serviceIds.filter((id) =>
      registry.registrationsOf(id).some((one) => one.source === 'builtin'),
    );
    return {
      ...NOTHING,
      id: 'builtin',
      kind: 'builtin',
      state: 'up',
      serviceCount: services.length,
      instanceCount: registry.countOf('builtin'),
    };
  }

  async #describeNacos(nacos: ForeignRegistry | undefined): Promise<DiscoverySource> {
    const off = { ...NOTHING, id: 'nacos', kind: 'nacos', state: 'off' } as const;
    if (nacos === undefined) return off;
    const { registry, sharing } = this.#parts;
    const { gate, sync, where } = nacos;
    const { health } = gate;
    // The operator's view of what cannot be used is worth less than the rest of the answer.
    const views = await sharing.listViews('nacos').catch(() => new Map<string, SourceView>());
    const rejected = [...views].flatMap(([serviceId, view]) => view.rejected.map((one) => ({ serviceId, ...one })));
    const tagless = registry.serviceIds
      .flatMap((id) => registry.registrationsOf(id))
      .filter((one) => one.isUntagged)
      .map(({ request: { serviceId, instanceId, version } }) => ({ serviceId, instanceId, version }));
    const untagged = [
      ...tagless,
      ...rejected
        .filter((one) => one.isUntagged)
        .map(({ serviceId, instanceId }) => ({ serviceId, instanceId, version: null })),
    ];
    const refused = rejected
      .filter((one) => !one.isUntagged)
      .map(({ serviceId, instanceId, reason }) => ({ serviceId, instanceId, reason }));
    const unmapped = sync.unmappedNames;
    return {
      ...off,
      kind: gate.source?.kind ?? 'nacos',
      where,
      state: health.isUp ? 'up' : 'stale',
      lastGoodAt: toText(health.lastGoodAt),
      staleSince: toText(health.staleSince),
      error: health.error ?? null,
      breaker: health.breaker,
      serviceCount: sync.serviceNames.length,
      instanceCount: registry.countOf('nacos'),
      lastSyncMs: sync.lastSyncMs ?? null,
      untagged: untagged.slice(0, discoveryListLimit),
      untaggedCount: untagged.length,
      rejected: refused.slice(0, discoveryListLimit),
      rejectedCount: refused.length,
      unmapped: unmapped.slice(0, discoveryListLimit),
      unmappedCount: unmapped.length,
    };
  }
}

const NOTHING = {
  where: null,
  lastGoodAt: null,
  staleSince: null,
  error: null,
  breaker: null,
  serviceCount: 0,
  instanceCount: 0,
  lastSyncMs: null,
  untagged: [],
  untaggedCount: 0,
  rejected: [],
  rejectedCount: 0,
  unmapped: [],
  unmappedCount: 0,
};

function toText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** Those of `wanted` that `place`, which has `ids`, lacks. */
function missing(
  ids: readonly string[],
  wanted: readonly string[],
  place: DiscoveryServiceView['drift'][number]['missingIn'],
): DiscoveryServiceView['drift'] {
  const has = new Set(ids);
  return wanted.filter((instanceId) => !has.has(instanceId)).map((instanceId) => ({ instanceId, missingIn: place }));
}
