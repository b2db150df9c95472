import type { Instance, RegisterInstance } from '@grey/contracts';
import type { InstanceHealth, InstanceRecord } from '@grey/route-core';

/** What an instance says of itself with a heartbeat; what it leaves out stays as it was. */
export interface Report {
  readonly health?: ReportedHealth | undefined;
  readonly inFlight?: number | undefined;
  readonly latencyMs?: number | undefined;
}

export type ReportedHealth = Exclude<InstanceHealth, 'unknown'>;

/** Where an instance is known from: it registered here, or a foreign registry told of it. */
export type InstanceOrigin = Instance['source'];

/** One registered instance. All times are milliseconds since 1970, all durations milliseconds. */
export interface Registration {
  readonly source: InstanceOrigin;
  /** For one of a foreign registry: what it would have sent, had it registered here; `ttlMs` says nothing then. */
  readonly request: RegisterInstance;
  /** The switch of the foreign registry's operator; true for those registered here. */
  readonly isEnabled: boolean;
  /** The foreign registry names no version, so the baseline was taken. */
  readonly isUntagged: boolean;
  readonly registeredAt: number;
  readonly lastSeenAt: number;
  /** What the instance says of itself with its heartbeat. */
  readonly reported: InstanceHealth;
  /** Requests under way, and recent latency in milliseconds, as last reported; null: never. */
  readonly inFlight: number | null;
  readonly latencyMs: number | null;
  /** What our own check found. */
  readonly checked: InstanceHealth;
  readonly lastCheckedAt: number | null;
  readonly checkDetail: string | null;
}

const RANK: Readonly<Record<InstanceHealth, number>> = { unknown: 0, healthy: 1, degraded: 2, unhealthy: 3 };

/** The worse of what the instance says and what we see; silence of one leaves it to the other. */
export function healthOf({ reported, checked }: Pick<Registration, 'reported' | 'checked'>): InstanceHealth {
  return RANK[reported] >= RANK[checked] ? reported : checked;
}

/** Load that changes by no more than this part of itself stays as it was told last. */
const LOAD_TOLERANCE = 0.1;

/** The load to go by: news of a busy instance come with every heartbeat, and each is told to every replica. */
export function settleLoad(before: number | null, reported: number | undefined): number | null {
  if (reported === undefined) return before;
  if (before === null) return reported;
  return Math.abs(reported - before) <= LOAD_TOLERANCE * Math.max(reported, before) ? before : reported;
}

/** Its heartbeat is overdue. What a foreign registry told of does not beat here and never is. */
export function isExpired(registration: Registration, now: number): boolean {
  return registration.source === 'builtin' && registration.lastSeenAt + registration.request.ttlMs <= now;
}

/** Where the checks of two registrations would go is the same, so what was found still holds. */
export function isCheckedAlike(a: RegisterInstance, b: RegisterInstance): boolean {
  return a.address === b.address && JSON.stringify(a.healthCheck) === JSON.stringify(b.healthCheck);
}

/** What the engine has to know of an instance. */
export function toRecord(registration: Registration): InstanceRecord {
  const { serviceId, instanceId, version, address, metadata } = registration.request;
  return {
    serviceId,
    instanceId,
    version,
    address,
    weight: metadata.weight,
    health: healthOf(registration),
    isEnabled: registration.isEnabled,
    tags: metadata.tags,
    startedAt: registration.registeredAt,
    ...(metadata.region === undefined ? {} : { region: metadata.region }),
    ...(registration.inFlight === null ? {} : { inFlight: registration.inFlight }),
    ...(registration.latencyMs === null ? {} : { latencyMs: registration.latencyMs }),
  };
}

/** The instance as the API shows it. */
export function toInstance(registration: Registration, isVersionKnown: boolean): Instance {
  const { serviceId, instanceId, version, address, metadata, healthCheck, ttlMs } = registration.request;
  const { lastCheckedAt } = registration;
  return {
    source: registration.source,
    serviceId,
    instanceId,
    version,
    isVersionKnown,
    address,
    health: healthOf(registration),
    isEnabled: registration.isEnabled,
    region: metadata.region ?? null,
    environment: metadata.environment ?? null,
    weight: metadata.weight,
    tags: metadata.tags,
    inFlight: registration.inFlight,
    latencyMs: registration.latencyMs,
    ttlMs: registration.source === 'builtin' ? ttlMs : null,
    registeredAt: new Date(registration.registeredAt).toISOString(),
    lastSeenAt: new Date(registration.lastSeenAt).toISOString(),
    healthCheck:
      healthCheck === undefined
        ? null
        : {
            endpoint: healthCheck.endpoint,
            intervalMs: healthCheck.interval,
            timeoutMs: healthCheck.timeout,
            lastCheckedAt: lastCheckedAt === null ? null : new Date(lastCheckedAt).toISOString(),
            detail: registration.checkDetail,
          },
  };
}

/** Neither routing nor an operator would tell the two apart; when they were last seen does not count. */
export function isSeenAlike(a: Registration, b: Registration): boolean {
  return (
    healthOf(a) === healthOf(b) &&
    a.isEnabled === b.isEnabled &&
    a.isUntagged === b.isUntagged &&
    a.source === b.source &&
    a.inFlight === b.inFlight &&
    a.latencyMs === b.latencyMs &&
    JSON.stringify(a.request) === JSON.stringify(b.request)
  );
}
