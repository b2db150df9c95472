import { z } from 'zod';
import {
  instanceIdSchema,
  regionSchema,
  serviceIdSchema,
  tagSchema,
  tagsSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';

export const instanceHealthSchema = z
  .enum(['healthy', 'degraded', 'unhealthy', 'unknown'])
  .meta({ id: 'InstanceHealth' });

/** `host:port`; IPv6 in brackets. */
export const addressSchema = z
  .string()
  .max(259)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})$/,
    'use host:port, IPv6 in brackets',
  )
  .refine((address) => {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    return port >= 1 && port <= 65_535;
  }, 'the port must be 1–65535');

/** A duration as `500ms`, `30s` or `2m`, or as a number of milliseconds; becomes milliseconds. */
export const durationMsSchema = z
  .union([z.int().min(1), z.string().regex(/^[0-9]{1,6}(ms|s|m)$/, 'use a form like 500ms, 30s or 2m')])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const unit = value.endsWith('ms') ? 1 : value.endsWith('s') ? 1_000 : 60_000;
    return Number.parseInt(value, 10) * unit;
  });

export const registerInstanceSchema = z
  .strictObject({
    serviceId: serviceIdSchema,
    instanceId: instanceIdSchema,
    version: versionLabelSchema,
    address: addressSchema,
    metadata: z
      .strictObject({
        region: regionSchema.optional(),
        environment: tagSchema.optional(),
        weight: z.int().min(0).max(10_000).default(100).meta({ description: '0 takes no traffic.' }),
        tags: tagsSchema.default([]),
      })
      .prefault({}),
    healthCheck: z
      .strictObject({
        endpoint: z
          .string()
          .max(256)
          .regex(/^\/[\x21-\x7e]*$/, 'a path that begins with /'),
        interval: durationMsSchema.pipe(z.int().min(1_000).max(300_000)).default(30_000),
        timeout: durationMsSchema.pipe(z.int().min(100).max(30_000)).default(5_000),
      })
      .optional(),
    ttlMs: z
      .int()
      .min(1_000)
      .max(300_000)
      .default(15_000)
      .meta({ description: 'Out of rotation when no heartbeat came for so long.' }),
  })
  .meta({ id: 'RegisterInstance' });
export type RegisterInstance = z.infer<typeof registerInstanceSchema>;

export const heartbeatSchema = z
  .strictObject({
    health: z.enum(['healthy', 'degraded', 'unhealthy']).optional(),
    inFlight: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .meta({ description: 'Requests under way, for least_connections.' }),
    latencyMs: z.number().min(0).max(3_600_000).optional().meta({ description: 'Recent latency, for peak_ewma.' }),
  })
  .meta({ id: 'Heartbeat' });

export const instanceSourceSchema = z
  .enum(['builtin', 'nacos'])
  .meta({ id: 'InstanceSource', description: 'Where the instance is known from; builtin: it registered here.' });

export const instanceSchema = z
  .object({
    source: instanceSourceSchema,
    serviceId: z.string(),
    instanceId: z.string(),
    version: z.string(),
    isVersionKnown: z
      .boolean()
      .meta({ description: 'False: the service declares no such version, so nothing is routed here.' }),
    address: z.string(),
    health: instanceHealthSchema,
    isEnabled: z.boolean(),
    region: z.string().nullable(),
    environment: z.string().nullable(),
    weight: z.int(),
    tags: z.array(z.string()),
    inFlight: z.int().nullable().meta({ description: 'As last reported.' }),
    latencyMs: z.number().nullable().meta({ description: 'As last reported.' }),
    ttlMs: z.int().nullable().meta({ description: 'null: the foreign registry decides when it is gone.' }),
    registeredAt: timestampSchema,
    lastSeenAt: timestampSchema,
    healthCheck: z
      .object({
        endpoint: z.string(),
        intervalMs: z.int(),
        timeoutMs: z.int(),
        lastCheckedAt: timestampSchema.nullable(),
        detail: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Instance' });
export type Instance = z.infer<typeof instanceSchema>;

export const instanceListSchema = z
  .object({
    items: z.array(instanceSchema),
    sequence: z.int().meta({ description: 'Grows with every change of this list.' }),
  })
  .meta({ id: 'InstanceList' });
