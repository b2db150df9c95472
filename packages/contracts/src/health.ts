import { z } from 'zod';
import { positionSchema, timestampSchema } from './primitives.ts';

export const healthSchema = z
  .object({
    status: z.enum(['up', 'degraded', 'down']),
    version: z.string(),
    startedAt: timestampSchema,
    position: positionSchema.nullable(),
    parts: z.record(
      z.string(),
      z.object({
        status: z.enum(['up', 'down', 'off']),
        detail: z.string().optional(),
        since: timestampSchema.optional(),
      }),
    ),
    counts: z.object({ tenants: z.int(), services: z.int(), assignments: z.int(), instances: z.int() }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;
export const probeSchema = z.object({ status: z.enum(['up', 'down']) }).meta({ id: 'Probe' });
