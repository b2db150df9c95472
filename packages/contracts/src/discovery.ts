import { z } from 'zod';
import { instanceSourceSchema } from './instances.ts';
import { timestampSchema } from './primitives.ts';

/** At most so many names of each kind are listed; the counts beside them are whole. */
export const discoveryListLimit = 200;

const namedInstanceSchema = z.object({ serviceId: z.string(), instanceId: z.string() });

export const discoverySourceSchema = z
  .object({
    id: instanceSourceSchema,
    kind: z
      .string()
      .meta({ description: 'Which adapter reads it: builtin, nacos-v1, nacos-v3; nacos before it was reached.' }),
    where: z.string().nullable().meta({ description: 'Addresses, namespace and group, without credentials.' }),
    state: z.enum(['up', 'stale', 'off']).meta({
      description: 'stale: it does not answer, and its last good state is routed by; off: it is not configured.',
    }),
    lastGoodAt: timestampSchema.nullable(),
    staleSince: timestampSchema.nullable(),
    error: z.string().nullable(),
    breaker: z.enum(['closed', 'open', 'half_open']).nullable(),
    serviceCount: z.int().meta({ description: 'Services it lists.' }),
    instanceCount: z.int().meta({ description: 'Instances of it that are known here.' }),
    lastSyncMs: z
      .int()
      .nullable()
      .meta({ description: 'How long this replica took to read its share of the services.' }),
    untagged: z.array(namedInstanceSchema.extend({ version: z.string().nullable() })).meta({
      description: 'Instances that name no version; null: there is no baseline, so nothing is routed to them.',
    }),
    untaggedCount: z.int(),
    rejected: z.array(namedInstanceSchema.extend({ reason: z.string() })).meta({
      description: 'Instances that cannot be routed to, with the reason.',
    }),
    rejectedCount: z.int(),
    unmapped: z.array(z.string()).meta({ description: 'Services it lists that the catalogue does not know.' }),
    unmappedCount: z.int(),
  })
  .meta({ id: 'DiscoverySource' });
export type DiscoverySource = z.infer<typeof discoverySourceSchema>;

export const discoverySourceListSchema = z
  .object({
    items: z.array(discoverySourceSchema),
    replica: z.string().meta({ description: 'Which replica answers: each has a connection of its own to the source.' }),
  })
  .meta({ id: 'DiscoverySourceList' });
export type DiscoverySourceList = z.infer<typeof discoverySourceListSchema>;

export const discoveryServiceSchema = z
  .object({
    serviceId: z.string(),
    sequence: z.int().meta({ description: 'Of the list in memory.' }),
    owner: z.string().meta({ description: 'The replica that reads sources, checks and expires for this service.' }),
    inMemory: z.int(),
    inRedis: z.int().nullable().meta({ description: 'null: there is no Redis, or it is away.' }),
    inSource: z
      .int()
      .nullable()
      .meta({ description: 'Instances that foreign registries listed last; null: none has been read.' }),
    sourceReadAt: timestampSchema.nullable(),
    hasDrift: z.boolean(),
    drift: z
      .array(z.object({ instanceId: z.string(), missingIn: z.enum(['source', 'redis', 'memory']) }))
      .meta({ description: 'Instances that are not everywhere they should be.' }),
  })
  .meta({ id: 'DiscoveryService' });
export type DiscoveryService = z.infer<typeof discoveryServiceSchema>;

export const discoveryServiceListSchema = z
  .object({ items: z.array(discoveryServiceSchema), replica: z.string() })
  .meta({ id: 'DiscoveryServiceList' });
export type DiscoveryServiceList = z.infer<typeof discoveryServiceListSchema>;
