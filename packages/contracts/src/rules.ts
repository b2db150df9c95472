import { z } from 'zod';
import { actorSchema } from './changes.ts';
import { basisPointsSchema, conditionSchema, saltSchema, unitSchema } from './conditions.ts';
import { overridable } from './overrides.ts';
import {
  displayNameSchema,
  nameSchema,
  pageOf,
  positionSchema,
  reasonSchema,
  tagSchema,
  tenantIdSchema,
  timestampSchema,
  versionLabelSchema,
} from './primitives.ts';
import { fallbackSchema } from './services.ts';

export const RULE_LIMIT = 500;

const bucketRangeSchema = z.tuple([z.int().min(0).max(10_000), z.int().min(0).max(10_000)]);
export const bucketRangesSchema = z
  .array(bucketRangeSchema)
  .max(10_000)
  .meta({ description: 'Buckets owned: from (inclusive) to (exclusive), of 10 000.' });

const pathSchema = z.strictObject({
  type: z.enum(['exact', 'prefix', 'regex']),
  value: z.string().min(1).max(1024),
});
const methodsSchema = z
  .array(z.string().regex(/^[A-Z]{1,16}$/, 'an HTTP method in capitals'))
  .min(1)
  .max(16);
const missingUnitSchema = z.enum(['skip', 'tenant', 'random']).meta({
  id: 'MissingUnit',
  description: 'Without the unit: the rule does not match, the tenant is counted, or a draw decides each time.',
});

/** What an operator says of a rule. Buckets are given out when it is published. */
export const ruleInputSchema = z
  .strictObject({
    id: nameSchema.meta({ description: 'Stays the same when the rule is edited: buckets are kept by it.' }),
    name: displayNameSchema,
    priority: z.int().min(-1_000_000).max(1_000_000).default(0).meta({ description: 'The higher wins.' }),
    isEnabled: z.boolean().default(true),
    path: pathSchema.optional(),
    methods: methodsSchema.optional(),
    when: conditionSchema.optional(),
    target: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('version'), version: versionLabelSchema }),
      z.strictObject({
        kind: z.literal('split'),
        unit: unitSchema,
        whenMissing: missingUnitSchema.default('tenant'),
        salt: saltSchema.optional().meta({ description: 'Defaults to service and rule.' }),
        shares: z
          .array(z.strictObject({ version: versionLabelSchema, weight: basisPointsSchema }))
          .min(1)
          .max(20)
          .refine((all) => new Set(all.map((one) => one.version)).size === all.length, 'each version once'),
      }),
      z.strictObject({ kind: z.literal('lane'), tag: tagSchema }),
    ]),
    fallback: z.strictObject({ mode: fallbackSchema, version: versionLabelSchema.optional() }).optional(),
    mirror: z.strictObject({ version: versionLabelSchema, share: basisPointsSchema }).optional(),
  })
  .meta({ id: 'RuleInput' });
export type RuleInput = z.infer<typeof ruleInputSchema>;

export const ruleSetInputSchema = z
  .strictObject({
    normalizePath: z.boolean().default(false),
    rules: z.array(ruleInputSchema).max(RULE_LIMIT),
  })
  .meta({ id: 'RuleSetInput' });
export type RuleSetInput = z.infer<typeof ruleSetInputSchema>;

export const ruleFindingSchema = z
  .object({
    code: z.string().meta({ description: 'Such as RULE_SHADOWED, RULE_CONFLICT, VERSION_UNKNOWN, WEIGHTS_WRONG.' }),
    severity: z.enum(['error', 'warning']),
    ruleId: z.string().nullable(),
    otherRuleId: z.string().nullable(),
    path: z.string(),
    message: z.string(),
  })
  .meta({ id: 'RuleFinding' });
export type RuleFinding = z.infer<typeof ruleFindingSchema>;
export const ruleFindingsSchema = z.object({ findings: z.array(ruleFindingSchema) }).meta({ id: 'RuleFindings' });

export const ruleRevisionSchema = z
  .object({
    serviceId: z.string(),
    number: z.int().meta({ description: 'Counts the published sets of the service, from 1.' }),
    isLive: z.boolean(),
    normalizePath: z.boolean(),
    rules: z.array(ruleInputSchema),
    ruleCount: z.int(),
    publishedAt: timestampSchema,
    publishedBy: actorSchema,
    reason: z.string().nullable(),
    position: positionSchema.meta({ description: 'The change that published it.' }),
    republishedFrom: z.int().nullable().meta({ description: 'The earlier set that this one repeats.' }),
  })
  .meta({ id: 'RuleRevision' });
export type RuleRevision = z.infer<typeof ruleRevisionSchema>;
export const ruleRevisionPageSchema = pageOf(ruleRevisionSchema.omit({ rules: true }), 'RuleRevisionPage');

export const ruleDraftSchema = z
  .object({
    normalizePath: z.boolean(),
    rules: z.array(ruleInputSchema),
    basedOn: z.int().nullable().meta({ description: 'The set that was live when the draft was begun.' }),
    savedAt: timestampSchema,
    savedBy: actorSchema,
    findings: z.array(ruleFindingSchema),
    etag: z.string(),
  })
  .meta({ id: 'RuleDraft' });
export type RuleDraft = z.infer<typeof ruleDraftSchema>;

export const rulesSchema = z
  .object({
    serviceId: z.string(),
    live: ruleRevisionSchema.nullable(),
    draft: ruleDraftSchema.nullable(),
    findings: z.array(ruleFindingSchema).meta({ description: 'What the analysis says of the live set now.' }),
  })
  .meta({ id: 'Rules' });
export type Rules = z.infer<typeof rulesSchema>;

export const publishRulesSchema = z
  .strictObject({ reason: reasonSchema.optional(), ...overridable })
  .meta({ id: 'PublishRules' });

export const importRulesSchema = z
  .strictObject({
    format: z.enum(['routing_rules_json', 'router_yaml', 'rule_rows']),
    content: z.string().min(1).max(500_000),
    sticky: unitSchema.optional().meta({ description: 'Unit of weighted rows; absent: a new draw for every request.' }),
  })
  .meta({ id: 'ImportRules' });
export const importedRulesSchema = z
  .object({
    ruleSet: ruleSetInputSchema,
    service: z
      .object({
        defaultVersion: z.string().nullable(),
        fallbackVersion: z.string().nullable(),
        balancer: z.string().nullable(),
        stickyCookie: z.string().nullable(),
      })
      .meta({ description: 'What the text says of the service itself; applied by PATCH, not by the import.' }),
    notes: z.array(z.string()).meta({ description: 'How each part was understood.' }),
    findings: z.array(ruleFindingSchema),
  })
  .meta({ id: 'ImportedRules' });

export const simulateRulesSchema = z
  .strictObject({
    ruleSet: ruleSetInputSchema.optional().meta({ description: 'Absent: the saved draft.' }),
    revision: z.int().min(1).optional().meta({ description: 'Or a set that was published before.' }),
    seed: z.int().min(0).max(0xffffffff).default(1),
  })
  .meta({ id: 'SimulateRules' });

const changeCount = z.object({ from: z.string().nullable(), to: z.string().nullable(), count: z.int() });
export const simulationSchema = z
  .object({
    sampleCount: z.int(),
    sampledSince: timestampSchema.nullable(),
    seenCount: z.int().meta({ description: 'Decisions that the sample stands for.' }),
    changedCount: z.int(),
    transitions: z.array(changeCount.extend({ tenantCount: z.int() })),
    tenants: z.array(
      z.object({ tenantId: z.string(), count: z.int(), changedCount: z.int(), transitions: z.array(changeCount) }),
    ),
    tenantCount: z.int(),
    changedTenantCount: z.int(),
    noInstanceBefore: z.int(),
    noInstanceAfter: z.int(),
    rules: z.array(z.object({ ruleId: z.string(), before: z.int(), after: z.int() })),
    unseen: z
      .array(z.string())
      .meta({ description: 'Inputs that the draft asks for and the sample does not keep, such as `header x-beta`.' }),
    findings: z.array(ruleFindingSchema),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof simulationSchema>;

export const samplesSchema = z
  .object({
    serviceId: z.string(),
    isOn: z.boolean(),
    capacity: z.int(),
    sampleCount: z.int(),
    seenCount: z.int(),
    since: timestampSchema.nullable(),
    keptHeaders: z.array(z.string()),
    items: z
      .array(
        z.object({
          at: timestampSchema,
          tenantId: z.string(),
          version: z.string().nullable(),
          reason: z.string().nullable(),
          code: z.string().nullable(),
          metadata: z
            .record(z.string(), z.unknown())
            .meta({ description: 'Redacted: users and sessions as short hashes.' }),
        }),
      )
      .max(100),
  })
  .meta({ id: 'Samples' });
export type Samples = z.infer<typeof samplesSchema>;

export const serviceSourceQuerySchema = z.object({ tenantId: tenantIdSchema.optional() });
export const serviceSourceSchema = z
  .object({
    position: positionSchema,
    tenants: z.array(z.record(z.string(), z.unknown())),
    services: z.array(z.record(z.string(), z.unknown())),
    assignments: z.array(z.record(z.string(), z.unknown())),
    schemas: z.array(z.record(z.string(), z.unknown())),
    holds: z.array(z.record(z.string(), z.unknown())),
    lanes: z.array(z.record(z.string(), z.unknown())),
    instances: z.array(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'ServiceSource', description: 'A snapshot of one service (and one tenant), as the engine reads it.' });
