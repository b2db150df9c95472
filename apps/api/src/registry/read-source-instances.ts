import type { Rejected } from './instance-sharing.ts';
import type { InstanceOrigin, Registration } from './registration.ts';
import { toRegistered, weightUnitOf } from './sources/map-source-instance.ts';
import type { SourceInstance } from './sources/registry-source.ts';

/** What a foreign registry listed for a service, in our terms. */
export interface ReadInstances {
  readonly registrations: readonly Registration[];
  readonly rejected: readonly Rejected[];
}

export interface ReadOptions {
  readonly source: InstanceOrigin;
  /** Version of instances that name none; without it they are rejected. */
  readonly baselineVersion: string | undefined;
}

/** Of those registered here it is how long a heartbeat holds; of others it is only kept, and never runs out. */
const TTL_MS = 15_000;

/** @param now milliseconds since 1970 */
export function readSourceInstances(
  serviceId: string,
  listed: readonly SourceInstance[],
  now: number,
  { source, baselineVersion }: ReadOptions,
): ReadInstances {
  const weightUnit = weightUnitOf(listed);
  const registrations: Registration[] = [];
  const rejected: Rejected[] = [];
  for (const one of listed) {
    const mapped = toRegistered({ ...one, serviceName: serviceId }, { baselineVersion, weightUnit });
    if ('rejected' in mapped) {
      rejected.push(mapped.rejected);
      continue;
    }
    const {
      instanceId,
      version,
      address,
      region,
      environment,
      weight,
      tags = [],
      health,
      isEnabled,
      ttlMs,
    } = mapped.instance;
    registrations.push({
      source,
      request: {
        serviceId,
        instanceId,
        version,
        address,
        metadata: {
          ...(region === undefined ? {} : { region }),
          ...(environment === null ? {} : { environment }),
          weight,
          tags: [...tags],
        },
        ttlMs: ttlMs ?? TTL_MS,
      },
      isEnabled,
      isUntagged: mapped.isUntagged,
      registeredAt: now,
      lastSeenAt: now,
      reported: health,
      inFlight: null,
      latencyMs: null,
      checked: 'unknown',
      lastCheckedAt: null,
      checkDetail: null,
    });
  }
  return {
    registrations,
    rejected: rejected.map(({ instanceId, reason, isUntagged }) => ({ instanceId, reason, isUntagged })),
  };
}
