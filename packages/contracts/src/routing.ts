import { z } from 'zod';
import { errorCodeSchema, faultSchema } from './errors.ts';
import { nameSchema, timestampSchema } from './primitives.ts';

const textMap = z.record(z.string().max(128), z.string().max(4096));
const scalar = z.union([z.string().max(4096), z.number(), z.boolean()]);

/** What is known of the request. Keys that are not named here become attributes, so a flat map of strings is welcome too. */
export const requestMetadataSchema = z
  .object({
    userId: z.string().max(256).optional(),
    sessionId: z.string().max(256).optional(),
    headers: textMap.optional(),
    cookies: textMap.optional(),
    query: textMap.optional(),
    path: z.string().max(4096).optional(),
    method: z.string().max(16).optional(),
    clientIp: z.string().max(64).optional(),
    region: z.string().max(64).optional(),
    claims: z.record(z.string().max(128), z.unknown()).optional(),
    tag: z.string().max(256).optional(),
    attributes: z.record(z.string().max(128), scalar).optional(),
  })
  .catchall(scalar)
  .meta({ id: 'RequestMetadata' });

export const routeRequestSchema = z
  .strictObject({ tenantId: nameSchema, serviceName: nameSchema, requestMetadata: requestMetadataSchema.optional() })
  .meta({ id: 'RouteRequest' });
export type RouteRequest = z.infer<typeof routeRequestSchema>;

export const decisionReasons = ['PINNED', 'ASSIGNMENT', 'DEFAULT', 'DEFAULT_SPLIT', 'UNKNOWN_TENANT_DEFAULT'] as const;
export const decisionReasonSchema = z.enum(decisionReasons).meta({ id: 'DecisionReason' });

export const routeResponseSchema = z
  .object({
    instance: z.string().meta({ description: '`host:port` to send the request to.' }),
    instanceId: z.string(),
    version: z.string(),
    serviceName: z.string(),
    tenantId: z.string(),
    reason: decisionReasonSchema,
    bucket: z.int().nullable().meta({ description: 'Bucket of a weighted default, 0–9999.' }),
    holds: z.array(z.string()).meta({ description: 'Ids of the holds that remapped the version, in order.' }),
    fallback: z.object({ from: z.string(), to: z.string(), cause: z.string(), mode: z.string() }).nullable(),
    isDegraded: z.boolean().meta({ description: 'True: only degraded instances were left.' }),
    epoch: z.string(),
    revision: z.int(),
    timestamp: timestampSchema,
  })
  .meta({ id: 'RouteResponse' });
export type RouteResponse = z.infer<typeof routeResponseSchema>;

export const routeFailureSchema = z
  .object({
    code: errorCodeSchema,
    title: z.string(),
    detail: z.string().optional(),
    errors: z.array(faultSchema).optional(),
  })
  .meta({ id: 'RouteFailure' });

export const batchRouteRequestSchema = z
  .strictObject({ requests: z.array(routeRequestSchema).min(1).max(500) })
  .meta({ id: 'BatchRouteRequest' });
export const batchRouteResponseSchema = z
  .object({
    results: z
      .array(z.union([routeResponseSchema, routeFailureSchema]))
      .meta({ description: 'In the order of the requests.' }),
  })
  .meta({ id: 'BatchRouteResponse' });

export const explainStepSchema = z
  .object({ step: z.string(), outcome: z.string(), detail: z.record(z.string(), z.unknown()) })
  .meta({ id: 'ExplainStep' });
export const explainResponseSchema = z
  .object({ decision: z.union([routeResponseSchema, routeFailureSchema]), steps: z.array(explainStepSchema) })
  .meta({
    id: 'ExplainResponse',
    description: 'The decision as /route would make it now, with every step. Moves no balancer.',
  });
export type ExplainResponse = z.infer<typeof explainResponseSchema>;
