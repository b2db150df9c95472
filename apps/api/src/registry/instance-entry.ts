import { instanceSourceSchema } from '@grey/contracts';
import { z } from 'zod';
import type { Registration } from './registration.ts';

const health = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']);

/**
 * An instance as it stands in Redis. Fields that say nothing are left out, above all empty lists: Redis' Lua cannot tell
 * an empty list from an empty object. Unknown fields are skipped, so that replicas of the next version may add some.
 */
const instanceEntrySchema = z.object({
  id: z.string(),
  source: instanceSourceSchema,
  version: z.string(),
  address: z.string(),
  weight: z.number(),
  region: z.string().optional(),
  environment: z.string().optional(),
  tags: z.array(z.string()).optional(),
  check: z.object({ endpoint: z.string(), interval: z.number(), timeout: z.number() }).optional(),
  ttlMs: z.number(),
  registeredAt: z.number(),
  reported: health,
  inFlight: z.number().optional(),
  latencyMs: z.number().optional(),
  checked: health,
  checkDetail: z.string().optional(),
  checkedAt: z.number().optional(),
  isDisabled: z.boolean().optional(),
  isUntagged: z.boolean().optional(),
});
export type InstanceEntry = z.infer<typeof instanceEntrySchema>;

export function entryOf(registration: Registration): InstanceEntry {
  const { request, checkDetail, lastCheckedAt } = registration;
  const { metadata, healthCheck } = request;
  return {
    id: request.instanceId,
    source: registration.source,
    version: request.version,
    address: request.address,
    weight: metadata.weight,
    ...(metadata.region === undefined ? {} : { region: metadata.region }),
    ...(metadata.environment === undefined ? {} : { environment: metadata.environment }),
    ...(metadata.tags.length === 0 ? {} : { tags: metadata.tags }),
    ...(healthCheck === undefined ? {} : { check: healthCheck }),
    ttlMs: request.ttlMs,
    registeredAt: registration.registeredAt,
    reported: registration.reported,
    ...(registration.inFlight === null ? {} : { inFlight: registration.inFlight }),
    ...(registration.latencyMs === null ? {} : { latencyMs: registration.latencyMs }),
    checked: registration.checked,
    ...(checkDetail === null ? {} : { checkDetail }),
    ...(lastCheckedAt === null ? {} : { checkedAt: lastCheckedAt }),
    ...(registration.isEnabled ? {} : { isDisabled: true }),
    ...(registration.isUntagged ? { isUntagged: true } : {}),
  };
}

/** @returns undefined for what no version of this program has written */
export function parseEntry(value: unknown): InstanceEntry | undefined {
  const parsed = instanceEntrySchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** @param lastSeenAt in milliseconds since 1970, by this process' clock */
export function registrationOf(serviceId: string, entry: InstanceEntry, lastSeenAt: number): Registration {
  return {
    source: entry.source,
    request: {
      serviceId,
      instanceId: entry.id,
      version: entry.version,
      address: entry.address,
      metadata: {
        ...(entry.region === undefined ? {} : { region: entry.region }),
        ...(entry.environment === undefined ? {} : { environment: entry.environment }),
        weight: entry.weight,
        tags: entry.tags ?? [],
      },
      ...(entry.check === undefined ? {} : { healthCheck: entry.check }),
      ttlMs: entry.ttlMs,
    },
    isEnabled: entry.isDisabled !== true,
    isUntagged: entry.isUntagged === true,
    registeredAt: entry.registeredAt,
    lastSeenAt,
    reported: entry.reported,
    inFlight: entry.inFlight ?? null,
    latencyMs: entry.latencyMs ?? null,
    checked: entry.checked,
    lastCheckedAt: entry.checkedAt ?? null,
    checkDetail: entry.checkDetail ?? null,
  };
}
