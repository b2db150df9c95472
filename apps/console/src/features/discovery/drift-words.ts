import type { DiscoveryService } from '../../api/generated/model/index.ts';

type Drift = DiscoveryService['drift'][number];
/** In the order in which instances travel. */
const places = ['source', 'redis', 'memory'] as const;

export interface MissingInstances {
  readonly place: Drift['missingIn'];
  readonly instanceIds: readonly string[];
}

/** The instances of a service that are not everywhere, by where they are missing. */
export function missingByPlace(drift: readonly Drift[]): MissingInstances[] {
  return places.flatMap((place) => {
    const instanceIds = drift.filter((one) => one.missingIn === place).map((one) => one.instanceId);
    return instanceIds.length > 0 ? [{ place, instanceIds }] : [];
  });
}

/** Services with drift first; otherwise by id, so that a row stays where it is. */
export function driftFirst(services: readonly DiscoveryService[]): DiscoveryService[] {
  return services.toSorted((a, b) => Number(b.hasDrift) - Number(a.hasDrift) || (a.serviceId < b.serviceId ? -1 : 1));
}
