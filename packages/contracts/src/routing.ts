import { z } from 'zod';
import { scalarSchema } from './conditions.ts';
import { errorCodeSchema, faultSchema } from './errors.ts';
import { nameSchema, timestampSchema } from './primitives.ts';
import { balancerSchema } from './services.ts';

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
    claims: z
      .record(z.string().max(128), z.unknown())
      .optional()
      .meta({ description: 'Claims that a trusted gateway has verified; needs the permission route.trusted.' }),
    tag: z.string().max(1024).optional().meta({
      description: 'Tag of the lane that the call is in: from a trusted caller as it is, from others only signed.',
    }),
    token: z.string().max(8192).optional().meta({
      description: 'Token of the end user. Where user tokens are configured it is verified, and its claims count.',
    }),
    position: z
      .string()
      .max(64)
      .optional()
      .meta({ description: '`epoch-revision` at which the version is to be chosen, as the edge stamped it.' }),
    attributes: z.record(z.string().max(128), scalar).optional(),
  })
  .catchall(scalar)
  .meta({ id: 'RequestMetadata' });

export const routeRequestSchema = z
  .strictObject({
    tenantId: nameSchema,
    serviceName: nameSchema,
    requestMetadata: requestMetadataSchema.optional(),
    balancer: balancerSchema.optional().meta({ description: 'Instead of the one of the service.' }),
  })
  .meta({ id: 'RouteRequest' });
export type RouteRequest = z.infer<typeof routeRequestSchema>;

export const decisionReasons = [
  'PINNED',
  'LANE',
  'RULE',
  'EXPERIMENT',
  'ASSIGNMENT',
  'DEFAULT',
  'DEFAULT_SPLIT',
  'UNKNOWN_TENANT_DEFAULT',
] as const;
export const decisionReasonSchema = z.enum(decisionReasons).meta({ id: 'DecisionReason' });

export const routeResponseSchema = z
  .object({
    instance: z.string().meta({ description: '`host:port` to send the request to.' }),
    instanceId: z.string(),
    version: z.string(),
    serviceName: z.string(),
    tenantId: z.string(),
    reason: decisionReasonSchema,
    bucket: z.int().nullable().meta({ description: 'Bucket of the split that decided, 0–9999.' }),
    rule: z.string().nullable().meta({ description: 'Id of the rule that chose.' }),
    experiment: z.object({ id: z.string(), variant: z.string() }).nullable(),
    lane: z.string().nullable().meta({ description: 'Tag of the lane that the call is in; pass it on.' }),
    mirror: z
      .object({ version: z.string(), instance: z.string(), instanceId: z.string() })
      .nullable()
      .meta({ description: 'A copy of the request is meant for this instance too.' }),
    flags: z.record(z.string(), scalarSchema).nullable().meta({ description: 'Flags of the version.' }),
    holds: z.array(z.string()).meta({ description: 'Ids of the holds that remapped the version, in order.' }),
    fallback: z.object({ from: z.string(), to: z.string(), cause: z.string(), mode: z.string() }).nullable(),
    isDegraded: z.boolean().meta({ description: 'True: only degraded instances were left.' }),
    isRevisionMissed: z
      .boolean()
      .meta({ description: 'True: the position asked for is not kept here; the present one decided.' }),
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

export const flagsRequestSchema = z
  .strictObject({
    tenantId: nameSchema,
    serviceName: nameSchema,
    requestMetadata: requestMetadataSchema.optional(),
  })
  .meta({ id: 'FlagsRequest' });
export const flagsResponseSchema = z
  .object({
    tenantId: z.string(),
    serviceName: z.string(),
    version: z.string().meta({ description: 'The version that would answer.' }),
    reason: decisionReasonSchema,
    flags: z.record(z.string(), scalarSchema),
    epoch: z.string(),
    revision: z.int(),
  })
  .meta({ id: 'FlagsResponse' });
export type FlagsResponse = z.infer<typeof flagsResponseSchema>;
